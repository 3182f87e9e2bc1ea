using Polly;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;
using Polly.Timeout;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>The breaker with Polly's other strategies, outside and inside of it.</summary>
public sealed class CompositionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LocalWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public async Task A_retry_outside_is_rejected_and_waits_until_the_circuit_probes()
    {
        var calls = 0;
        var pipeline = _worker.NewPipeline()
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1, Delay = TimeSpan.FromDays(1), DelayGenerator = CircuitOpenDelay.RetryAfter })
            .AddClusterCircuitBreaker(_worker.Breaker)
            .Build();
        _worker.Trip();

        var call = pipeline.ExecuteAsync(_ => ValueTask.FromResult(++calls)).AsTask();
        Assert.Equal((false, 0), (call.IsCompleted, calls));
        _worker.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((BreakerState.HalfOpen, false), (_worker.State, call.IsCompleted));
        _worker.Clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(1, await call.WaitAsync(Patience));
        Assert.Equal((BreakerState.Closed, 1), (_worker.State, calls));
    }

    [Fact]
    public async Task A_retry_outside_counts_each_of_its_tries()
    {
        var pipeline = _worker.NewPipeline()
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero })
            .AddClusterCircuitBreaker(_worker.Breaker)
            .Build();
        var calls = 0;

        await Assert.ThrowsAsync<CircuitOpenException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            calls++;
            throw new IOException("down");
        }));

        Assert.Equal((BreakerState.Open, 2), (_worker.State, calls));
    }

    [Fact]
    public async Task A_retry_inside_counts_once_by_what_it_comes_to()
    {
        var pipeline = _worker.NewPipeline()
            .AddClusterCircuitBreaker(_worker.Breaker)
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero })
            .Build();
        var calls = 0;

        Assert.Equal(4, await pipeline.ExecuteAsync(_ => ++calls < 4 ? throw new IOException("down") : ValueTask.FromResult(calls)));
        Assert.Equal(BreakerState.Closed, _worker.State);
        await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync(_ => throw new IOException("down")));
        Assert.Equal(BreakerState.Closed, _worker.State);
        await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync(_ => throw new IOException("down")));
        Assert.Equal(BreakerState.Open, _worker.State);
    }

    [Fact]
    public async Task S11_a_timeout_inside_is_a_failure()
    {
        var pipeline = _worker.NewPipeline().AddClusterCircuitBreaker(_worker.Breaker).AddTimeout(TimeSpan.FromSeconds(1)).Build();

        await TimesOutAsync(pipeline);
        await TimesOutAsync(pipeline);

        Assert.Equal(BreakerState.Open, _worker.State);
    }

    [Fact]
    public async Task S11_a_timeout_outside_is_the_callers_cancellation()
    {
        var pipeline = _worker.NewPipeline().AddTimeout(TimeSpan.FromSeconds(1)).AddClusterCircuitBreaker(_worker.Breaker).Build();

        await TimesOutAsync(pipeline);
        await TimesOutAsync(pipeline);
        await TimesOutAsync(pipeline);

        Assert.Equal(BreakerState.Closed, _worker.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S7_a_timeout_outside_returns_the_permit_one_inside_fails_the_probe(bool inside)
    {
        var builder = _worker.NewPipeline();
        var pipeline = (inside
            ? builder.AddClusterCircuitBreaker(_worker.Breaker).AddTimeout(TimeSpan.FromSeconds(1))
            : builder.AddTimeout(TimeSpan.FromSeconds(1)).AddClusterCircuitBreaker(_worker.Breaker)).Build();
        _worker.LetItProbe();

        await TimesOutAsync(
            pipeline, whileItHangs: () => Assert.Equal((BreakerState.HalfOpen, 0), (_worker.State, _worker.Breaker.Snapshot.FreeProbes)));

        if (inside)
        {
            Assert.Equal(BreakerState.Open, _worker.State);
            return;
        }

        Assert.Equal((BreakerState.HalfOpen, 1), (_worker.State, _worker.Breaker.Snapshot.FreeProbes));
        Assert.Equal(1, await pipeline.ExecuteAsync(_ => ValueTask.FromResult(1)));
        Assert.Equal(BreakerState.Closed, _worker.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fallback_outside_answers_for_a_rejection(bool synchronous)
    {
        var pipeline = _worker.NewPipeline<int>()
            .AddFallback(new FallbackStrategyOptions<int>
            {
                ShouldHandle = new PredicateBuilder<int>().Handle<CircuitOpenException>(),
                FallbackAction = static arguments =>
                    Outcome.FromResultAsValueTask((int)((CircuitOpenException)arguments.Outcome.Exception!).RetryAfter!.Value.TotalSeconds),
            })
            .AddClusterCircuitBreaker(_worker.Breaker)
            .Build();
        _worker.Trip();
        _worker.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(20, synchronous ? pipeline.Execute(() => 1) : await pipeline.ExecuteAsync(_ => ValueTask.FromResult(1)));
    }

    [Fact]
    public async Task A_fallback_inside_hides_failures_from_the_breaker()
    {
        var pipeline = _worker.NewPipeline<int>()
            .AddClusterCircuitBreaker(_worker.Breaker)
            .AddFallback(new FallbackStrategyOptions<int> { FallbackAction = static _ => Outcome.FromResultAsValueTask(-1) })
            .Build();

        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(-1, await pipeline.ExecuteAsync<int>(_ => throw new IOException("down")));
        }

        Assert.Equal(BreakerState.Closed, _worker.State);
    }

    [Fact]
    public async Task S7_hedging_outside_returns_the_permit_of_the_attempt_that_it_cancels()
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        var (first, second) = (mirror.AddPermit(), mirror.AddPermit());
        var pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = mirror.Clock }
            .AddHedging(new HedgingStrategyOptions<int> { MaxHedgedAttempts = 1, Delay = TimeSpan.FromSeconds(1) })
            .AddClusterCircuitBreaker(new CircuitBreaker(mirror, OutcomeClassifier.Default))
            .Build();
        var attempts = 0;
        var bothSettled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mirror.OnSettled = () => (mirror.Settled.Count == 2 ? bothSettled : null)?.SetResult();

        var call = pipeline.ExecuteAsync(async token =>
        {
            if (Interlocked.Increment(ref attempts) > 1)
            {
                return 2;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, mirror.Clock, token);
            return 1;
        }).AsTask();
        Assert.Equal((1, false), (Volatile.Read(ref attempts), call.IsCompleted));
        mirror.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, await call.WaitAsync(Patience));
        await bothSettled.Task.WaitAsync(Patience);
        Assert.Equal([(second, ProbeResult.Success), (first, ProbeResult.Ignored)], mirror.Settled.Select(settled => (settled.Permit, settled.Result)));
    }

    [Fact]
    public async Task Hedging_outside_goes_on_with_its_other_action_when_the_circuit_is_open()
    {
        var other = _worker.Breakers.Get("replica");
        var pipeline = _worker.NewPipeline<int>()
            .AddHedging(new HedgingStrategyOptions<int>
            {
                MaxHedgedAttempts = 1,
                ActionGenerator = _ => async () => Outcome.FromResult(await other.ExecuteAsync(static _ => ValueTask.FromResult(2))),
            })
            .AddClusterCircuitBreaker(_worker.Breaker)
            .Build();
        _worker.Trip();

        Assert.Equal(2, await pipeline.ExecuteAsync(_ => ValueTask.FromResult(1)));
    }

    [Fact]
    public async Task Hedging_inside_is_one_call_judged_by_what_it_comes_to()
    {
        var pipeline = _worker.NewPipeline<int>()
            .AddClusterCircuitBreaker(_worker.Breaker)
            .AddHedging(new HedgingStrategyOptions<int> { MaxHedgedAttempts = 2, Delay = TimeSpan.FromSeconds(1) })
            .Build();
        var calls = 0;

        Assert.Equal(3, await pipeline.ExecuteAsync(_ => ++calls < 3 ? throw new IOException("down") : ValueTask.FromResult(calls)));
        Assert.Equal(BreakerState.Closed, _worker.State);
        await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync<int>(_ => throw new IOException("down")));
        Assert.Equal(BreakerState.Closed, _worker.State);
        await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync<int>(_ => throw new IOException("down")));
        Assert.Equal(BreakerState.Open, _worker.State);
    }

    [Fact]
    public void All_of_it_at_once_and_synchronously()
    {
        var pipeline = _worker.NewPipeline<string>()
            .AddFallback(new FallbackStrategyOptions<string> { FallbackAction = static _ => Outcome.FromResultAsValueTask("later") })
            .AddRetry(new RetryStrategyOptions<string> { MaxRetryAttempts = 2, Delay = TimeSpan.Zero })
            .AddClusterCircuitBreaker("pgmq", _worker.Breakers)
            .AddTimeout(TimeSpan.FromSeconds(1))
            .Build();

        Assert.Equal("now", pipeline.Execute(() => "now"));
        Assert.Equal("later", pipeline.Execute<string>(() => throw new IOException("down")));
        Assert.Equal(BreakerState.Open, _worker.State);
        Assert.Equal("later", pipeline.Execute(() => "now"));
        _worker.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("now", pipeline.Execute(() => "now"));
        Assert.Equal(BreakerState.Closed, _worker.State);
    }

    private async Task TimesOutAsync(ResiliencePipeline pipeline, Action? whileItHangs = null)
    {
        var call = pipeline.ExecuteAsync(async token => await Task.Delay(Timeout.InfiniteTimeSpan, _worker.Clock, token)).AsTask();
        whileItHangs?.Invoke();
        _worker.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call.WaitAsync(Patience));
    }
}
