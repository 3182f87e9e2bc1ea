namespace TaskerCore.Orleans.Grains.Interfaces.Time;

/// <summary>The time as cores take it: counted from when this clock was made. Safe for any number of threads.</summary>
/// <param name="time">Whose time it is.</param>
internal sealed class MonotonicClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    /// <summary>The provider, for timers that must agree with this clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Now.</summary>
    public Moment Now => new(time.GetElapsedTime(_origin), time.GetUtcNow());
}
