using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>The worker's time, as the cores take it.</summary>
internal sealed class WorkerClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    public TimeProvider Time => time;

    public Moment Now => new(time.GetElapsedTime(_origin), time.GetUtcNow());
}
