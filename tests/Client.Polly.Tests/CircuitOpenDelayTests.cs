using Polly;
using Polly.Retry;

namespace TaskerCore.Orleans.Client.Polly.Tests;

public sealed class CircuitOpenDelayTests
{
    [Theory]
    [InlineData(BreakerState.Open, 15.0, 15.1)]
    [InlineData(BreakerState.Open, 0.0, 0.1)]
    [InlineData(BreakerState.HalfOpen, 15.0, null)]
    [InlineData(BreakerState.ForcedOpen, 3600.0, null)]
    [InlineData(BreakerState.ForcedOpen, null, null)]
    public async Task An_open_circuit_is_waited_for_until_it_probes_all_else_has_the_strategys_own_delay(
        BreakerState state, double? retryAfter, double? delay) =>
        Assert.Equal(Seconds(delay), await DelayAfterAsync(new CircuitOpenException("pgmq", state, Seconds(retryAfter))));

    [Fact]
    public async Task A_failure_has_the_strategys_own_delay()
    {
        Assert.Null(await DelayAfterAsync(new IOException("down")));
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;

    private static async Task<TimeSpan?> DelayAfterAsync(Exception exception)
    {
        var context = ResilienceContextPool.Shared.Get();
        var options = new RetryStrategyOptions<int> { DelayGenerator = CircuitOpenDelay.RetryAfter };
        var delay = await options.DelayGenerator(new(context, Outcome.FromException<int>(exception), attemptNumber: 0));
        ResilienceContextPool.Shared.Return(context);
        return delay;
    }
}
