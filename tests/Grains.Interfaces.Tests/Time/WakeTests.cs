using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Time;

public sealed class WakeTests
{
    private static readonly Moment Now = new(TimeSpan.FromSeconds(100), DateTimeOffset.UnixEpoch);

    [Fact]
    public void Nothing_to_come_waits_for_ever_and_what_is_due_waits_no_time()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, Wake.In(null, Now));
        Assert.Equal(TimeSpan.Zero, Wake.In(TimeSpan.FromSeconds(100), Now));
        Assert.Equal(TimeSpan.Zero, Wake.In(TimeSpan.FromSeconds(7), Now));
    }

    [Fact]
    public void A_timer_never_fires_early() => Assert.Equal(TimeSpan.FromMilliseconds(3), Wake.In(Now.Elapsed + TimeSpan.FromMilliseconds(2.1), Now));

    [Fact]
    public void S10_a_ttl_of_a_year_is_not_more_than_a_timer_takes()
    {
        using var timer = TimeProvider.System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Assert.True(timer.Change(Wake.In(Now.Elapsed + TimeSpan.FromDays(365), Now), Timeout.InfiniteTimeSpan));
    }
}
