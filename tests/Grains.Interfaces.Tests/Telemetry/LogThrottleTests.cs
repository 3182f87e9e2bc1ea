using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Telemetry;

public sealed class LogThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogThrottle _throttle;

    public LogThrottleTests() => _throttle = new LogThrottle(_time);

    [Fact]
    public void A_peers_failure_is_throttle_once_and_again_for_another_reason_or_after_a_while()
    {
        Assert.True(_throttle.ShouldLog("10.0.0.1", "expired"));
        Assert.False(_throttle.ShouldLog("10.0.0.1", "expired"));
        Assert.True(_throttle.ShouldLog("10.0.0.2", "expired"));
        Assert.True(_throttle.ShouldLog("10.0.0.1", "no certificate"));

        _time.Advance(LogThrottle.Repeat - TimeSpan.FromTicks(1));
        Assert.False(_throttle.ShouldLog("10.0.0.1", "no certificate"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_throttle.ShouldLog("10.0.0.1", "no certificate"));
    }

    [Fact]
    public void Many_peers_cost_bounded_memory()
    {
        Assert.True(_throttle.ShouldLog("first", "expired"));
        for (var peer = 1; peer < LogThrottle.MaxPeers; peer++)
        {
            _throttle.ShouldLog($"peer {peer}", "expired");
        }

        Assert.False(_throttle.ShouldLog("first", "expired"));
        _throttle.ShouldLog("one more", "expired");
        Assert.True(_throttle.ShouldLog("first", "expired"));
    }
}
