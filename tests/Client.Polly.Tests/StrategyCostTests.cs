using Polly;
using Polly.CircuitBreaker;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>What the strategy adds to a pipeline: no allocation that Polly's own breaker does not make, and no throw for a rejection.</summary>
public sealed class StrategyCostTests
{
    private static readonly Func<ResilienceContext, int, ValueTask<Outcome<int>>> Callback = static (_, state) => new(Outcome.FromResult(state));
    private static readonly Func<ResilienceContext, int, ValueTask<Outcome<int>>> Failing = static (_, _) => throw new IOException("counted");
    private static readonly Func<CancellationToken, ValueTask<int>> Plain = static _ => new(1);

    [Fact]
    public void C2_a_closed_call_allocates_nothing()
    {
        var plain = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(Breaker()).Build();
        var typed = new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker(Breaker()).Build();
        var judging = new ResiliencePipelineBuilder<int>()
            .AddClusterCircuitBreaker(
                Breaker(),
                new ClusterCircuitBreakerStrategyOptions<int> { ShouldHandle = static arguments => new(arguments.Outcome.Exception is not null) })
            .Build();
        var context = ResilienceContextPool.Shared.Get();

        Assert.Equal(0, CallCost.AllocatedBy(() => plain.ExecuteOutcomeAsync(Callback, context, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => typed.ExecuteOutcomeAsync(Callback, context, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => judging.ExecuteOutcomeAsync(Callback, context, 1)));
        Assert.Equal(0, CallCost.AllocatedBy(() => plain.ExecuteAsync(Plain)));
        ResilienceContextPool.Shared.Return(context);
    }

    [Fact]
    public async Task A_closed_call_that_waits_allocates_no_more_than_with_pollys_own_breaker()
    {
        var ours = new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker(Breaker()).Build();
        var theirs = new ResiliencePipelineBuilder<int>().AddCircuitBreaker(new CircuitBreakerStrategyOptions<int>()).Build();

        // On a thread of the pool, where continuations follow at once.
        var (we, they) = await Task.Run(async () => (await AllocatedByWaitingAsync(ours), await AllocatedByWaitingAsync(theirs)));

        Assert.True(we <= they, $"a call that waits allocates {we} bytes with this breaker, {they} with Polly's");
    }

    [Theory]
    [InlineData(BreakerState.Open)]
    [InlineData(BreakerState.ForcedOpen)]
    [InlineData(BreakerState.HalfOpen)]
    public void A_rejection_is_an_outcome_and_nothing_is_thrown_for_it(BreakerState state)
    {
        var mirror = new FakeMirror(state);
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var context = ResilienceContextPool.Shared.Get();
        var plain = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(breaker).Build();
        var typed = new ResiliencePipelineBuilder<int>().AddClusterCircuitBreaker(breaker).Build();

        Assert.Equal(0, CallCost.ThrowsOf(() => Assert.IsType<CircuitOpenException>(plain.ExecuteOutcomeAsync(Callback, context, 1).AsTask().Result.Exception)));
        Assert.Equal(0, CallCost.ThrowsOf(() => Assert.IsType<CircuitOpenException>(typed.ExecuteOutcomeAsync(Callback, context, 1).AsTask().Result.Exception)));
        mirror.Become(BreakerState.Closed, new BreakerRefusal(RefusalKind.LimitReached, "50 exist"));
        Assert.Equal(0, CallCost.ThrowsOf(() => Assert.IsType<BreakerRefusedException>(plain.ExecuteOutcomeAsync(Callback, context, 1).AsTask().Result.Exception)));
        mirror.Become(BreakerState.Closed);
        Assert.Equal(1, CallCost.ThrowsOf(() => Assert.IsType<IOException>(plain.ExecuteOutcomeAsync(Failing, context, 1).AsTask().Result.Exception)));
        ResilienceContextPool.Shared.Return(context);
    }

    private static CircuitBreaker Breaker() => new(new FakeMirror(), OutcomeClassifier.Default);

    private static async Task<long> AllocatedByWaitingAsync(ResiliencePipeline<int> pipeline)
    {
        const int calls = 1000;
        var total = 0L;
        for (var call = 0; call < calls + 100; call++)
        {
            var operation = new TaskCompletionSource<int>();
            var state = operation.Task;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var pending = pipeline.ExecuteAsync(static (task, _) => new ValueTask<int>(task), state);
            operation.SetResult(1);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(pending.IsCompletedSuccessfully);
            await pending;
            total += call < 100 ? 0 : allocated;
        }

        return total / calls;
    }
}
