namespace TaskerCore.Orleans.Grains.Interfaces.Time;

/// <summary>The time for cores, counted from the creation of this clock. Thread-safe.</summary>
/// <param name="time">The source of the time.</param>
internal sealed class MonotonicClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    /// <summary>The provider, for timers that must agree with this clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Now.</summary>
    public Moment Now => new(time.GetElapsedTime(_origin), time.GetUtcNow());
}
