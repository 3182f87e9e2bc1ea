using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>The shell: what callers count reaches the link, what the link answers reaches callers.</summary>
public sealed class BreakerMirrorTests : IBreakerLink, IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<WorkerReport> _reports = new();
    private readonly Guid _session = Guid.NewGuid();
    private readonly BreakerMirror _mirror;
    private readonly CircuitBreaker _breaker;
    private readonly BreakerPolicy _policy = new()
    {
        Settings = new BreakerSettings { FailureThreshold = 3, SuccessThreshold = 1 }, MinTransitionInterval = TimeSpan.Zero,
    };

    private TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BreakerMirrorTests()
    {
        var clock = new WorkerClock(_clock);
        var core = new MirrorCore("pgmq", _policy, new WorkerRun(_session, "w", MirrorTimings.Default, Guid.NewGuid), clock.Now);
        _mirror = new BreakerMirror("pgmq", core, OutcomeClassifier.Default, new MirrorContext(this, clock, NullLogger.Instance, Metrics: null));
        _breaker = _mirror.Handle;
    }

    private Func<WorkerReport, Task<ReportAnswer>> OnReport { get; set; } = report => Task.FromResult(new ReportAnswer { Number = report.Number });

    private Func<PermitRequest, Task<PermitAnswer>> OnPermit { get; set; } = request => Task.FromResult(new PermitAnswer { Number = request.Number });

    Task<ReportAnswer> IBreakerLink.ReportAsync(string component, WorkerReport report)
    {
        _reports.Enqueue(report);
        Interlocked.Exchange(ref _reported, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return OnReport(report);
    }

    Task<PermitAnswer> IBreakerLink.RequestPermitAsync(string component, PermitRequest request) => OnPermit(request);

    public void Dispose() => _mirror.Dispose();

    [Fact]
    public async Task C1_a_push_rejects_the_next_call()
    {
        Connect();
        Assert.Equal(1, _breaker.Execute(() => 1));
        Hear(BreakerState.Open, 1);
        Assert.True(_breaker.TryExecute(() => 1).IsRejected);
        Hear(BreakerState.Closed, 2);
        Assert.False((await _breaker.TryExecuteAsync(_ => ValueTask.FromResult(1))).IsRejected);
    }

    [Fact]
    public async Task C2_a_failure_is_reported_without_waiting_for_it()
    {
        Connect();
        var hold = new TaskCompletionSource<ReportAnswer>();
        OnReport = _ => hold.Task;

        Fail();

        await UntilAsync(() => Reported.Failures == 1);
        Fail();
        _breaker.Execute(() => 1);
        Fail();
        hold.SetResult(new ReportAnswer { Number = 1 });
        await UntilAsync(() => Reported is { Failures: 3, Successes: 1 });
        Assert.Equal([1L, 2L], _reports.Select(report => report.Number).Where(number => number > 0));
    }

    [Fact]
    public async Task C12_a_tight_loop_makes_failure_threshold_failing_calls_and_waits_for_the_answer()
    {
        Connect();
        var hold = new TaskCompletionSource<ReportAnswer>();
        OnReport = _ => hold.Task;

        var calls = 0;
        for (var call = 0; call < 100; call++)
        {
            try
            {
                var outcome = await _breaker.TryExecuteAsync<int>(_ =>
                {
                    calls++;
                    throw new IOException();
                });
                Assert.Equal(RejectionKind.Held, outcome.Rejection.Kind);
            }
            catch (IOException)
            {
                Assert.InRange(calls, 1, 3);
            }
        }

        Assert.Equal(3, calls);
        var waiting = _breaker.WaitUntilAdmittingAsync().AsTask();
        Assert.False(waiting.IsCompleted);

        // The answer says closed: it goes on, and is held again by the next failure.
        OnReport = report => Task.FromResult(new ReportAnswer { Number = report.Number });
        hold.SetResult(new ReportAnswer { Number = 1 });
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _breaker.Execute(() => 1));
    }

    [Fact]
    public async Task C12_a_run_that_was_reported_before_the_cluster_was_silent_holds_after_it()
    {
        Connect();
        Fail();
        Fail();
        await UntilAsync(() => Reported.Failures == 2);
        _mirror.RenewalIsOverdue(true);
        Assert.Equal(BreakerMode.Local, _breaker.Mode);
        _mirror.RenewalIsOverdue(false);
        Assert.Equal(BreakerMode.Connected, _breaker.Mode);
        OnReport = _ => new TaskCompletionSource<ReportAnswer>().Task;

        Fail();

        Assert.Equal(RejectionKind.Held, _breaker.TryExecute(() => 1).Rejection.Kind);
    }

    [Fact]
    public void S25a_an_isolated_worker_rejects_by_its_own_circuit_and_says_so()
    {
        Connect();
        _mirror.Hear(new BreakerUpdate
        {
            Component = "pgmq",
            Snapshot = new BreakerSnapshot
            {
                Component = "pgmq",
                Generation = new Generation(3, Guid.Empty),
                Policy = _policy,
                IsolatedWorker = "w",
                IsolatedKey = new Reporter(_session, "w").Key,
            },
        });

        var rejection = _breaker.TryExecute(() => 1).Rejection;
        Assert.Equal((BreakerMode.Isolated, BreakerState.Open, RejectionKind.Own), (_breaker.Mode, rejection.State, rejection.Kind));
        var thrown = Assert.Throws<CircuitOpenException>(() => _breaker.Execute(() => 1));
        Assert.StartsWith("This worker's own circuit for 'pgmq' is open, because this worker alone failed; retry in ", thrown.Message, StringComparison.Ordinal);

        _clock.Advance(_policy.Settings.OpenDuration);
        Assert.Equal(1, _breaker.Execute(() => 1));
        Assert.Equal(BreakerState.Closed, _breaker.Snapshot.State);

        Hear(BreakerState.Closed, 4);
        Assert.Equal(BreakerMode.Connected, _breaker.Mode);
    }

    [Fact]
    public async Task S8_calls_that_end_after_their_generation_are_reported_under_it_failures_too()
    {
        Connect();
        var (good, bad) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        Task[] calls = [Run(good), Run(bad)];
        Hear(BreakerState.Open, 1);

        good.SetResult(1);
        bad.SetException(new IOException());
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default);

        await UntilAsync(() =>
        {
            _mirror.Flush();
            return Reported is { Successes: 1, Failures: 1 };
        });
        Assert.All(_reports.SelectMany(report => report.Tallies), tally => Assert.Equal((Generation.Initial, true), (tally.Generation, tally.Late)));

        Task Run(TaskCompletionSource<int> operation) => _breaker.ExecuteAsync(_ => new ValueTask<int>(operation.Task)).AsTask();
    }

    [Fact]
    public void C8_in_local_mode_the_callers_next_call_sees_what_its_outcome_decided()
    {
        Assert.Equal(BreakerMode.Starting, _breaker.Mode);
        Fail();
        Fail();
        Fail();
        Assert.True(_breaker.TryExecute(() => 1).IsRejected);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(BreakerState.HalfOpen, _breaker.Snapshot.State);
        Assert.Equal(1, _breaker.Execute(() => 1));
        Assert.Equal(BreakerState.Closed, _breaker.Snapshot.State);
    }

    [Fact]
    public async Task C8_a_cluster_that_falls_silent_is_noticed_without_any_call()
    {
        Connect();
        OnReport = _ => new TaskCompletionSource<ReportAnswer>().Task;
        Fail();
        Assert.Equal(BreakerMode.Connected, _breaker.Mode);
        await UntilAsync(() => _reports.Any(report => report.Number == 1));

        _clock.Advance(MirrorTimings.Default.Renewal);

        Assert.Equal(BreakerMode.Local, _breaker.Mode);
    }

    [Fact]
    public async Task S5_a_probe_asks_for_a_permit_and_its_outcome_is_reported()
    {
        Connect();
        Hear(BreakerState.HalfOpen, 1, freeProbes: 1);
        OnPermit = request => Task.FromResult(new PermitAnswer { Number = request.Number, Permit = Permit(1) });

        Assert.Equal(1, await _breaker.ExecuteAsync(_ => ValueTask.FromResult(1)));

        await UntilAsync(() => _reports.SelectMany(report => report.Probes).Any());
        Assert.Equal(ProbeResult.Success, _reports.SelectMany(report => report.Probes).Single().Result);
        Assert.Equal(0, Reported.Successes);
    }

    [Fact]
    public async Task S5_a_consumer_that_waits_in_half_open_does_not_spin_while_a_permit_is_asked_for()
    {
        Connect();
        Hear(BreakerState.HalfOpen, 1, freeProbes: 1);
        var answer = new TaskCompletionSource<PermitAnswer>();
        OnPermit = _ => answer.Task;
        var first = _breaker.TryExecuteAsync(_ => ValueTask.FromResult(1)).AsTask();

        var waiting = _breaker.WaitUntilAdmittingAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(_breaker.TryExecute(() => 1).IsRejected);
        answer.SetResult(new PermitAnswer { Number = 1, Permit = Permit(1) });

        Assert.False((await first).IsRejected);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task S7_a_caller_who_cancels_while_asking_leaves_no_permit_behind()
    {
        Connect();
        Hear(BreakerState.HalfOpen, 1, freeProbes: 1);
        var answer = new TaskCompletionSource<PermitAnswer>();
        OnPermit = _ => answer.Task;
        using var cancel = new CancellationTokenSource();
        var call = _breaker.ExecuteAsync(_ => throw new IOException("ran"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        answer.SetResult(new PermitAnswer { Number = 1, Permit = Permit(1) });

        await UntilAsync(() => _reports.SelectMany(report => report.Probes).Any());
        Assert.Equal(ProbeResult.Unused, _reports.SelectMany(report => report.Probes).Single().Result);
    }

    [Fact]
    public void Many_threads_that_count_while_the_state_changes_lose_nothing()
    {
        Connect();
        const int calls = 40_000;
        var made = 0L;
        var rejected = 0L;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var call = 0; call < calls; call++)
            {
                Interlocked.Increment(ref _breaker.TryExecute(() => 1).IsRejected ? ref rejected : ref made);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        for (var generation = 1; threads.Exists(thread => thread.IsAlive); generation++)
        {
            Hear(generation % 2 == 1 ? BreakerState.Open : BreakerState.Closed, generation);
        }

        threads.ForEach(thread => thread.Join());
        _mirror.Flush();
        SpinWait.SpinUntil(
            () =>
            {
                _mirror.Flush();
                return _mirror.IsFlushed;
            },
            TimeSpan.FromSeconds(20));

        Assert.Equal((made, rejected), (Reported.Successes, Reported.Counts.Rejected));
        Assert.Equal(4 * calls, made + rejected);
    }

    private OutcomeTally Reported => _reports.DistinctBy(report => report.Number).SelectMany(report => report.Tallies)
        .Aggregate(OutcomeTally.Empty, (sum, part) => sum.Append(part.Tally));

    private void Connect() => Hear(BreakerState.Closed, 0);

    private void Hear(BreakerState state, long generation, int freeProbes = 0) => _mirror.Hear(new BreakerUpdate
    {
        Component = "pgmq",
        Snapshot = new BreakerSnapshot
        {
            Component = "pgmq",
            State = state,
            Generation = generation == 0 ? Generation.Initial : new Generation(generation, Guid.Empty),
            Policy = _policy,
            FreeProbes = freeProbes,
        },
    });

    private ProbePermit Permit(long id) => new(id, _mirror.View.Snapshot.Generation, TimeSpan.FromSeconds(30));

    private void Fail() => Assert.Throws<IOException>(() => _breaker.Execute(() => throw new IOException()));

    private async Task UntilAsync(Func<bool> wanted)
    {
        while (true)
        {
            var next = Volatile.Read(ref _reported).Task;
            if (wanted())
            {
                return;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }
}
