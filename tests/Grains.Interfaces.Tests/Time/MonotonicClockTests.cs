using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Time;

public sealed class MonotonicClockTests
{
    [Fact]
    public void C10_durations_count_from_when_it_was_made_and_a_wall_clock_that_jumps_changes_none()
    {
        var time = new TwoClocks { Timestamp = 1000, Utc = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        var clock = new MonotonicClock(time);
        Assert.Equal(new Moment(TimeSpan.Zero, time.Utc), clock.Now);

        time.Timestamp += 3 * time.TimestampFrequency;
        time.Utc -= TimeSpan.FromHours(5);

        Assert.Equal(new Moment(TimeSpan.FromSeconds(3), time.Utc), clock.Now);
    }

    private sealed class TwoClocks : TimeProvider
    {
        public long Timestamp { get; set; }

        public DateTimeOffset Utc { get; set; }

        public override long GetTimestamp() => Timestamp;

        public override DateTimeOffset GetUtcNow() => Utc;
    }
}
