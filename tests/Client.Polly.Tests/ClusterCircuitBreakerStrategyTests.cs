using Polly;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>What a call through a pipeline gives and counts, in each state, however it is made.</summary>
public sealed class ClusterCircuitBreakerStrategyTests
{
    private static readonly BreakerRefusal Refusal = new(RefusalKind.LimitReached, "50 exist, and max_circuit_breakers is 50.");

    /// <summary>The pipelines of both kinds, run in each way that Polly knows.</summary>
    public static TheoryData<string> Ways => ["plain: sync", "plain: at once", "plain: waits", "typed: sync", "typed: at once", "typed: waits"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_closed_breaker_gives_the_result_and_counts_a_success(string way)
    {
        var mirror = new FakeMirror();

        Assert.Equal(7, await CallAsync(mirror, way, _ => 7));

        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_callbacks_own_exception_passes_through_unchanged_and_counts_as_a_failure(string way)
    {
        var mirror = new FakeMirror();
        var thrown = new IOException("down");

        Assert.Same(thrown, await Assert.ThrowsAsync<IOException>(() => CallAsync(mirror, way, _ => throw thrown)));

        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S3_an_open_breaker_rejects_without_running_the_callback(string way)
    {
        var mirror = new FakeMirror(BreakerState.Open);

        var rejected = await Assert.ThrowsAsync<CircuitOpenException>(() => CallAsync(mirror, way, _ => throw new IOException("ran")));

        Assert.Equal(("pgmq", BreakerState.Open, TimeSpan.FromSeconds(30)), (rejected.Component, rejected.State, rejected.RetryAfter));
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S19_a_refused_breaker_says_so_before_the_callback_runs(string way)
    {
        var mirror = new FakeMirror();
        mirror.Become(BreakerState.Closed, Refusal);

        var refused = await Assert.ThrowsAsync<BreakerRefusedException>(() => CallAsync(mirror, way, _ => throw new IOException("ran")));

        Assert.Equal(Refusal.Message, refused.Message);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S11_without_a_word_of_the_pipeline_the_breakers_own_classifier_judges(string way)
    {
        var mirror = new FakeMirror();
        var classifier = OutcomeClassifier.Default
            .OnResult<int>(status => status >= 500 ? OutcomeKind.Failure : status >= 400 ? OutcomeKind.Ignored : OutcomeKind.Success)
            .OnException(exception => exception is FormatException ? OutcomeKind.Ignored : OutcomeKind.Failure);

        Assert.Equal(503, await CallAsync(mirror, way, _ => 503, classifier: classifier));
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        Assert.Equal(404, await CallAsync(mirror, way, _ => 404, classifier: classifier));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
        await Assert.ThrowsAsync<FormatException>(() => CallAsync(mirror, way, _ => throw new FormatException(), classifier: classifier));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S11_what_should_be_handled_is_a_failure_other_results_succeed_and_other_exceptions_are_ignored(string way)
    {
        var mirror = new FakeMirror();
        Judgement handled = new(exception => exception is IOException, result => result is >= 500);

        Assert.Equal(503, await CallAsync(mirror, way, _ => 503, handled));
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        Assert.Equal(200, await CallAsync(mirror, way, _ => 200, handled));
        Assert.Equal(OutcomeTally.Success, mirror.Counted);
        await Assert.ThrowsAsync<IOException>(() => CallAsync(mirror, way, _ => throw new IOException(), handled));
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        await Assert.ThrowsAsync<FormatException>(() => CallAsync(mirror, way, _ => throw new FormatException(), handled));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S11_cancellation_by_the_callers_own_token_is_ignored_whatever_should_be_handled_a_timeout_is_a_failure(string way)
    {
        var mirror = new FakeMirror();
        Judgement all = new(_ => true, _ => true);
        foreach (var judgement in (Judgement?[])[null, all])
        {
            using var caller = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(
                mirror,
                way,
                token =>
                {
                    caller.Cancel();
                    throw new OperationCanceledException(token);
                },
                judgement,
                cancellationToken: caller.Token));
            Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => CallAsync(mirror, way, _ => throw new TaskCanceledException("timed out"), judgement));
            Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_token_that_was_cancelled_before_runs_nothing_and_counts_nothing(string way)
    {
        var mirror = new FakeMirror();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CallAsync(mirror, way, _ => throw new IOException("ran"), cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_judgement_that_throws_reaches_the_caller_and_the_call_is_ignored(string way)
    {
        var mirror = new FakeMirror();
        Judgement broken = new(_ => throw new InvalidOperationException("judge"), _ => throw new InvalidOperationException("judge"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(mirror, way, _ => 1, broken));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(mirror, way, _ => throw new IOException(), broken));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S7_a_probe_is_settled_exactly_once_whatever_becomes_of_it(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        using var caller = new CancellationTokenSource();

        await ProbeAsync(_ => 1, ProbeResult.Success);
        await ProbeAsync(_ => throw new IOException(), ProbeResult.Failure);
        await ProbeAsync(_ => 503, ProbeResult.Failure, new Judgement(_ => true, result => result is >= 500));
        await ProbeAsync(_ => throw new FormatException(), ProbeResult.Ignored, new Judgement(_ => false, _ => false));
        await ProbeAsync(_ => 1, ProbeResult.Ignored, new Judgement(_ => false, _ => throw new InvalidOperationException()));
        await ProbeAsync(
            token =>
            {
                caller.Cancel();
                throw new OperationCanceledException(token);
            },
            ProbeResult.Ignored,
            token: caller.Token);

        async Task ProbeAsync(Func<CancellationToken, int> callback, ProbeResult expected, Judgement? judgement = null, CancellationToken token = default)
        {
            mirror.AddPermit();
            await Record.ExceptionAsync(() => CallAsync(mirror, way, callback, judgement, cancellationToken: token));
            Assert.Equal(expected, Assert.Single(mirror.Settled).Result);
            mirror.Settled.Clear();
            Assert.Equal(OutcomeTally.Empty, mirror.Counted);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S5_without_a_free_permit_a_call_in_half_open_is_rejected(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);

        var rejected = await Assert.ThrowsAsync<CircuitOpenException>(() => CallAsync(mirror, way, _ => throw new IOException("ran")));

        Assert.Equal(BreakerState.HalfOpen, rejected.State);
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_call_waits_for_the_permit_that_it_asked_for(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        var permit = mirror.AddPermit();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource();
        mirror.OnAcquire = async _ =>
        {
            asked.SetResult();
            await answer.Task;
            return permit;
        };

        var call = Task.Run(() => CallAsync(mirror, way, _ => 3));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(call.IsCompleted);
        answer.SetResult();

        Assert.Equal(3, await call.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal((permit, ProbeResult.Success), (Assert.Single(mirror.Settled).Permit, mirror.Settled[0].Result));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S7_a_caller_who_cancels_while_the_permit_is_asked_for_runs_nothing(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        using var caller = new CancellationTokenSource();
        mirror.OnAcquire = async token =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return null;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CallAsync(mirror, way, _ => throw new IOException("ran"), cancellationToken: caller.Token));

        Assert.Empty(mirror.Settled);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Fact]
    public async Task A_pipeline_without_results_counts_too()
    {
        var mirror = new FakeMirror();
        var pipeline = new ResiliencePipelineBuilder()
            .AddClusterCircuitBreaker(
                Breaker(mirror), new ClusterCircuitBreakerStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<IOException>() })
            .Build();

        pipeline.Execute(() => { });
        await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask);
        await Assert.ThrowsAsync<IOException>(async () => await pipeline.ExecuteAsync(_ => throw new IOException()));

        var counted = mirror.Counted;
        Assert.Equal((2L, 1L), (counted.Successes, counted.Failures));
    }

    [Fact]
    public async Task A_typed_pipeline_judges_results_of_types_under_its_own()
    {
        var mirror = new FakeMirror();
        var pipeline = new ResiliencePipelineBuilder<object>()
            .AddClusterCircuitBreaker(
                Breaker(mirror),
                new ClusterCircuitBreakerStrategyOptions<object> { ShouldHandle = new PredicateBuilder<object>().HandleResult(result => result is "bad") })
            .Build();

        Assert.Equal("bad", await pipeline.ExecuteAsync(_ => ValueTask.FromResult("bad")));

        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Fact]
    public async Task A_callback_that_throws_instead_of_giving_an_outcome_is_settled_too()
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        mirror.AddPermit();
        var pipeline = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(Breaker(mirror)).Build();
        var context = ResilienceContextPool.Shared.Get();

        var outcome = await pipeline.ExecuteOutcomeAsync<int, int>((_, _) => throw new IOException(), context, 0);

        Assert.IsType<IOException>(outcome.Exception);
        Assert.Equal(ProbeResult.Failure, Assert.Single(mirror.Settled).Result);
        ResilienceContextPool.Shared.Return(context);
    }

    private static CircuitBreaker Breaker(FakeMirror mirror) => new(mirror, OutcomeClassifier.Default);

    private static async Task<int> CallAsync(
        FakeMirror mirror,
        string way,
        Func<CancellationToken, int> callback,
        Judgement? judgement = null,
        OutcomeClassifier? classifier = null,
        CancellationToken cancellationToken = default)
    {
        var breaker = new CircuitBreaker(mirror, classifier ?? OutcomeClassifier.Default);
        var waits = way.EndsWith("waits", StringComparison.Ordinal);
        if (way.StartsWith("plain", StringComparison.Ordinal))
        {
            var plain = new ResiliencePipelineBuilder()
                .AddClusterCircuitBreaker(breaker, new ClusterCircuitBreakerStrategyOptions { ShouldHandle = judgement?.Of<object>(result => (int)result) })
                .Build();
            return way.EndsWith("sync", StringComparison.Ordinal)
                ? plain.Execute(callback, cancellationToken)
                : await plain.ExecuteAsync(token => RunAsync(callback, waits, token), cancellationToken);
        }

        var typed = new ResiliencePipelineBuilder<int>()
            .AddClusterCircuitBreaker(breaker, new ClusterCircuitBreakerStrategyOptions<int> { ShouldHandle = judgement?.Of<int>(result => result) })
            .Build();
        return way.EndsWith("sync", StringComparison.Ordinal)
            ? typed.Execute(callback, cancellationToken)
            : await typed.ExecuteAsync(token => RunAsync(callback, waits, token), cancellationToken);
    }

    private static async ValueTask<int> RunAsync(Func<CancellationToken, int> callback, bool waits, CancellationToken cancellationToken)
    {
        if (waits)
        {
            await Task.Yield();
        }

        return callback(cancellationToken);
    }

    /// <summary>One judgement for pipelines of both kinds.</summary>
    private sealed record Judgement(Func<Exception, bool> OfException, Func<int, bool> OfResult)
    {
        public Func<global::Polly.CircuitBreaker.CircuitBreakerPredicateArguments<T>, ValueTask<bool>> Of<T>(Func<T, int> status) =>
            new PredicateBuilder<T>().Handle<Exception>(OfException).HandleResult(result => OfResult(status(result)));
    }
}
