using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Breakers;

/// <summary>What a call costs, gives and counts, in each state.</summary>
public sealed class CircuitBreakerTests
{
    private static readonly BreakerRefusal Refusal = new(RefusalKind.LimitReached, "50 exist, and max_circuit_breakers is 50.");

    /// <summary>The two methods of a breaker, and the one that throws a rejection, as one.</summary>
    public static TheoryData<string> Ways =>
        ["sync", "completes at once", "ends at once", "waits", "execute: completes at once", "execute: ends at once", "execute: waits"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_closed_breaker_gives_the_result_and_counts_a_success(string way)
    {
        var mirror = new FakeMirror();

        var outcome = await CallAsync(mirror, way, _ => 7);

        Assert.Equal((false, 7), (outcome.IsRejected, outcome.Result));
        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_operations_own_exception_passes_through_unchanged_and_counts_as_a_failure(string way)
    {
        var mirror = new FakeMirror();
        var thrown = new IOException("down");

        var caught = await Assert.ThrowsAsync<IOException>(() => CallAsync(mirror, way, _ => throw thrown));

        Assert.Same(thrown, caught);
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S11_cancellation_by_the_callers_own_token_counts_neither_way_a_timeout_is_a_failure(string way)
    {
        var mirror = new FakeMirror();
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(
            mirror,
            way,
            token =>
            {
                caller.Cancel();
                throw new OperationCanceledException(token);
            },
            cancellationToken: caller.Token));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(mirror, way, _ => throw new TaskCanceledException("timed out")));
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_token_that_was_cancelled_before_runs_nothing_and_counts_nothing(string way)
    {
        var mirror = new FakeMirror();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(mirror, way, _ => throw new IOException("ran"), cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S11_a_classifier_judges_results_and_exceptions(string way)
    {
        var mirror = new FakeMirror();
        var classifier = OutcomeClassifier.Default
            .OnResult<int>(status => status >= 500 ? OutcomeKind.Failure : status >= 400 ? OutcomeKind.Ignored : OutcomeKind.Success)
            .OnException(exception => exception is FormatException ? OutcomeKind.Ignored : OutcomeKind.Failure);

        Assert.Equal(503, (await CallAsync(mirror, way, _ => 503, classifier: classifier)).Result);
        Assert.Equal(OutcomeTally.Failure, mirror.Counted);
        Assert.Equal(404, (await CallAsync(mirror, way, _ => 404, classifier: classifier)).Result);
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
        await CallAsync(mirror, way, _ => 200, classifier: classifier);
        Assert.Equal(OutcomeTally.Success, mirror.Counted);
        await Assert.ThrowsAsync<FormatException>(() => CallAsync(mirror, way, _ => throw new FormatException(), classifier: classifier));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_classifier_that_throws_reaches_the_caller_and_the_call_counts_neither_way(string way)
    {
        var mirror = new FakeMirror();
        var classifier = OutcomeClassifier.Default
            .OnResult<int>(_ => throw new InvalidOperationException("judge"))
            .OnException(_ => throw new InvalidOperationException("judge"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(mirror, way, _ => 1, classifier: classifier));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(mirror, way, _ => throw new IOException(), classifier: classifier));
        Assert.Equal(OutcomeTally.IgnoredCall, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S3_an_open_breaker_rejects_without_running_the_operation_and_counts_a_rejection(string way)
    {
        var mirror = new FakeMirror(BreakerState.Open);
        mirror.Clock.Advance(TimeSpan.FromSeconds(10));

        var outcome = await CallAsync(mirror, way, _ => throw new IOException("ran"));

        Assert.True(outcome.IsRejected);
        Assert.Equal(
            ("pgmq", BreakerState.Open, TimeSpan.FromSeconds(20)), (outcome.Rejection.Component, outcome.Rejection.State, outcome.Rejection.RetryAfter));
        var exception = Assert.Throws<CircuitOpenException>(() => outcome.Result);
        Assert.Equal((BreakerState.Open, mirror.View.Snapshot.Generation), (exception.State, exception.Generation));
        Assert.Contains("retry in 20 s", exception.Message, StringComparison.Ordinal);
        Assert.Equal(-1, outcome.GetResultOrDefault(-1));
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S19_a_refused_breaker_throws_before_the_operation_runs(string way)
    {
        var mirror = new FakeMirror();
        mirror.Become(BreakerState.Closed, Refusal);

        var exception = await Assert.ThrowsAsync<BreakerRefusedException>(() => CallAsync(mirror, way, _ => throw new IOException("ran")));

        Assert.Equal(("pgmq", RefusalKind.LimitReached, Refusal.Message), (exception.Component, exception.Kind, exception.Message));
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S7_a_probe_is_settled_exactly_once_whatever_becomes_of_it(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        HeldPermitSettlesAs(ProbeResult.Success, (await CallAsync(mirror, way, WithPermit(_ => 1))).IsRejected);
        await Assert.ThrowsAsync<IOException>(() => CallAsync(mirror, way, WithPermit(_ => throw new IOException())));
        HeldPermitSettlesAs(ProbeResult.Failure);
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(
            mirror,
            way,
            WithPermit(token =>
            {
                caller.Cancel();
                throw new OperationCanceledException(token);
            }),
            cancellationToken: caller.Token));
        HeldPermitSettlesAs(ProbeResult.Ignored);
        var broken = OutcomeClassifier.Default.OnResult<int>(_ => throw new InvalidOperationException()).OnException(_ => throw new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(mirror, way, WithPermit(_ => 1), classifier: broken));
        HeldPermitSettlesAs(ProbeResult.Ignored);
        var brokenForResults = OutcomeClassifier.Default.OnResult<int>(_ => throw new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(mirror, way, WithPermit(_ => 1), brokenForResults));
        HeldPermitSettlesAs(ProbeResult.Ignored);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);

        Func<CancellationToken, int> WithPermit(Func<CancellationToken, int> operation)
        {
            mirror.AddPermit();
            return operation;
        }

        void HeldPermitSettlesAs(ProbeResult expected, bool rejected = false)
        {
            Assert.False(rejected);
            Assert.Equal(expected, Assert.Single(mirror.Settled).Result);
            mirror.Settled.Clear();
        }
    }

    [Fact]
    public void S11_an_ignored_probe_is_neither_slow_nor_timed()
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen, new BreakerSettings { SlowCallDuration = TimeSpan.FromMilliseconds(1) });
        mirror.AddPermit();
        var ignoring = OutcomeClassifier.Default.OnResult<int>(_ => OutcomeKind.Ignored);

        new CircuitBreaker(mirror, ignoring).Execute(() =>
        {
            mirror.Clock.Advance(TimeSpan.FromSeconds(1));
            return 1;
        });

        Assert.Equal((ProbeResult.Ignored, null, false), (mirror.Settled[0].Result, mirror.Settled[0].Duration, mirror.Settled[0].Slow));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S5_without_a_free_permit_a_call_in_half_open_is_rejected(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);

        var outcome = await CallAsync(mirror, way, _ => throw new IOException("ran"));

        Assert.Equal(BreakerState.HalfOpen, outcome.Rejection.State);
        Assert.Equal(OutcomeTally.Rejection, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_call_that_asked_for_a_permit_while_the_circuit_closed_is_simply_made(string way)
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        mirror.OnAcquire = _ =>
        {
            mirror.Become(BreakerState.Closed);
            return ValueTask.FromResult<Client.HotPath.HeldPermit?>(null);
        };

        Assert.Equal(3, (await CallAsync(mirror, way, _ => 3)).Result);
        Assert.Equal(OutcomeTally.Success, mirror.Counted);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task S2_durations_are_measured_where_slow_calls_are_configured(string way)
    {
        var mirror = new FakeMirror(settings: new BreakerSettings { SlowCallDuration = TimeSpan.FromMilliseconds(100) });

        await CallAsync(mirror, way, _ => Taking(99));
        await CallAsync(mirror, way, _ => Taking(100));
        await Assert.ThrowsAsync<IOException>(() => CallAsync(mirror, way, _ => Taking(250) > 0 ? throw new IOException() : 0));

        var counted = mirror.Counted;
        Assert.Equal((2L, 1L, 2L, 3L), (counted.Successes, counted.Failures, counted.Counts.Slow, counted.Counts.TimedCalls));
        Assert.Equal(TimeSpan.FromMilliseconds(449), counted.Counts.TotalDuration);

        int Taking(int milliseconds)
        {
            mirror.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return milliseconds;
        }
    }

    [Fact]
    public async Task S8_an_outcome_counts_in_the_generation_that_admitted_the_call()
    {
        var mirror = new FakeMirror();
        var admittedBy = mirror.View;
        var operation = new TaskCompletionSource<int>();
        var call = new CircuitBreaker(mirror, OutcomeClassifier.Default).TryExecuteAsync((_, _) => new ValueTask<int>(operation.Task), 0).AsTask();
        mirror.Become(BreakerState.Open);

        operation.SetResult(1);
        await call;

        Assert.Equal(OutcomeTally.Success, admittedBy.Counter.Collect()!.Tally);
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    [Fact]
    public async Task A_waiting_consumer_goes_on_when_the_circuit_admits_or_probes()
    {
        var mirror = new FakeMirror(BreakerState.Open);
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        var waiting = breaker.WaitUntilAdmittingAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        mirror.Become(BreakerState.ForcedOpen);
        Assert.False(waiting.IsCompleted);

        mirror.Become(BreakerState.HalfOpen);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        mirror.Become(BreakerState.ForcedClosed);
        Assert.True(breaker.WaitUntilAdmittingAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_waiting_consumer_can_be_cancelled_and_learns_of_a_refusal()
    {
        var mirror = new FakeMirror(BreakerState.Open);
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        using var cancel = new CancellationTokenSource();
        var cancelled = breaker.WaitUntilAdmittingAsync(cancel.Token).AsTask();
        var refused = breaker.WaitUntilAdmittingAsync().AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        mirror.Become(BreakerState.Open, Refusal);
        await Assert.ThrowsAsync<BreakerRefusedException>(() => refused.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Transitions_gives_those_that_come_after_it_was_called()
    {
        var mirror = new FakeMirror();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var transitions = new CircuitBreaker(mirror, OutcomeClassifier.Default).WatchTransitionsAsync(stop.Token).GetAsyncEnumerator();
        var next = transitions.MoveNextAsync().AsTask();

        mirror.Become(BreakerState.Open);

        Assert.True(await next);
        Assert.Equal((BreakerState.Open, mirror.View.Snapshot.Generation), (transitions.Current.To, transitions.Current.Generation));
        next = transitions.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public void S13_reading_the_snapshot_shows_the_time_that_remains_and_changes_nothing()
    {
        var mirror = new FakeMirror(BreakerState.Open);
        var breaker = new CircuitBreaker(mirror, OutcomeClassifier.Default);
        mirror.Clock.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(TimeSpan.FromSeconds(18), breaker.Snapshot.Remaining);
        mirror.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((TimeSpan.Zero, BreakerState.Open), (breaker.Snapshot.Remaining, breaker.Snapshot.State));
        Assert.Equal(OutcomeTally.Empty, mirror.Counted);
    }

    private static async Task<CallOutcome<int>> CallAsync(
        FakeMirror mirror, string way, Func<CancellationToken, int> operation, OutcomeClassifier? classifier = null, CancellationToken cancellationToken = default)
    {
        var breaker = new CircuitBreaker(mirror, classifier ?? OutcomeClassifier.Default);
        if (way == "sync")
        {
            return breaker.TryExecute(static (run, token) => run(token), operation, cancellationToken);
        }

        Func<Func<CancellationToken, int>, CancellationToken, ValueTask<int>> how = way.Split(": ")[^1] switch
        {
            "completes at once" => static (run, token) => ValueTask.FromResult(run(token)),
            "ends at once" => static async (run, token) =>
            {
                await Task.CompletedTask;
                return run(token);
            },
            _ => static async (run, token) =>
            {
                await Task.Yield();
                return run(token);
            },
        };
        if (!way.StartsWith("execute", StringComparison.Ordinal))
        {
            return await breaker.TryExecuteAsync(how, operation, cancellationToken);
        }

        try
        {
            return new(await breaker.ExecuteAsync(how, operation, cancellationToken));
        }
        catch (CircuitOpenException)
        {
            return new(new Rejection(mirror.View));
        }
    }
}
