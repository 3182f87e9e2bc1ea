namespace TaskerCore.Orleans.Grains.Hosting;

/// <summary>The clock of Orleans' membership services, whose timestamps count from when the silo was built instead of from when the machine was started.</summary>
/// <remarks>Orleans' watchdog starts the thread that compares timestamps before it sets the one that is compared. Where the thread is faster, the machine's
/// whole uptime seems to have passed without a check: a warning of a deadlock at the start, and a silo that counts as unhealthy for a while. Counted from
/// here, the missing timestamp is seconds old, and a check thread that really stalls is still reported.</remarks>
internal sealed class MembershipClock(TimeProvider time) : TimeProvider
{
    private readonly long _origin = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override long GetTimestamp() => time.GetTimestamp() - _origin;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
