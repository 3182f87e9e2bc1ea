using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S25a: a worker that alone opens the circuit again is isolated.</summary>
public sealed class LoneWorkerTests
{
    private static readonly BreakerSettings Settings = new()
    {
        FailureThreshold = 3,
        OpenDuration = TimeSpan.FromSeconds(10),
        SuccessThreshold = 2,
        Window = TimeSpan.FromSeconds(30),
    };

    [Fact]
    public void S25a_the_first_time_one_workers_failures_open_for_all()
    {
        var rig = WithTwoWorkers();

        rig.Report("a", "fff");

        Assert.Equal((BreakerState.Open, TransitionCause.ConsecutiveFailures), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S25a_the_suspect_that_would_alone_open_again_is_isolated_and_the_breaker_stays_closed()
    {
        var rig = ClosedByOthers(WithTwoWorkers());

        rig.Report("a", "fff");

        Assert.Equal((BreakerState.Closed, TransitionCause.WorkerIsolated), (rig.State, rig.LastCause));
        Assert.Equal("a", rig.Machine.History[^1].Worker);
        var snapshot = rig.Machine.Snapshot(rig.Now);
        Assert.Equal(("a", rig.Reporter("a").Key), (snapshot.IsolatedWorker, snapshot.IsolatedKey));
    }

    [Fact]
    public void S25a_isolating_never_waits_for_the_minimum_interval_and_never_makes_a_trip_wait()
    {
        var rig = ClosedByOthers(WithTwoWorkers(minInterval: 5));

        rig.Report("a", "fff");
        Assert.Equal(TransitionCause.WorkerIsolated, rig.LastCause);

        rig.Pass(5);
        rig.Report("b", "fff");
        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_outcomes_of_the_isolated_worker_enter_the_totals_only()
    {
        var rig = Isolated();
        var failures = rig.Totals.Failures;

        rig.Report("a", "ffffffffff");

        Assert.Equal((BreakerState.Closed, failures + 10, 0L), (rig.State, rig.Totals.Failures, rig.Machine.ConsecutiveFailures));
    }

    [Fact]
    public void S25a_a_second_worker_that_fails_ends_the_isolation_and_its_failure_counts()
    {
        var rig = Isolated();

        rig.Report("b", "f");
        Assert.Equal((BreakerState.Closed, TransitionCause.IsolationEnded, "b"), (rig.State, rig.LastCause, rig.Machine.History[^1].Worker));
        Assert.Null(rig.Machine.Isolated);

        rig.Report("a", "ff");
        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_the_isolation_ends_when_the_own_circuit_has_closed()
    {
        var rig = Isolated();
        rig.Report("a", string.Empty, own: BreakerState.HalfOpen);
        Assert.NotNull(rig.Machine.Isolated);

        rig.Report("a", string.Empty, own: BreakerState.Closed);

        Assert.Equal((BreakerState.Closed, TransitionCause.WorkerRecovered), (rig.State, rig.LastCause));
        rig.Report("b", "sss");
        rig.Report("a", "f");
        Assert.Equal(1, rig.Machine.ConsecutiveFailures);
    }

    [Fact]
    public void S25a_the_isolation_ends_when_its_worker_was_not_heard_for_15_seconds()
    {
        var rig = Isolated();
        rig.Pass(10);
        rig.Report("a", string.Empty, own: BreakerState.Open);
        rig.Pass(14.9);
        Assert.NotNull(rig.Machine.Isolated);

        rig.Pass(0.1);

        Assert.Equal((null, TransitionCause.IsolationEnded), (rig.Machine.Isolated, rig.LastCause));
    }

    [Fact]
    public void S25a_a_worker_that_calls_alone_is_never_suspected()
    {
        var rig = new BreakerRig(Settings);
        rig.Report("a", "fff");
        rig.Pass(10);
        Assert.Null(rig.Machine.ProbeWait(rig.Reporter("a"), rig.Now));
        CloseBy(rig, "a");

        rig.Report("a", "fff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_that_others_call_may_be_known_only_after_the_trip()
    {
        var rig = new BreakerRig(Settings);
        var closed = rig.Machine.Generation;
        rig.Report("a", "fff");
        rig.Report("b", "ss", closed, late: false);
        rig.Pass(10);

        Assert.NotNull(rig.Machine.ProbeWait(rig.Reporter("a"), rig.Now));
    }

    [Fact]
    public void S25a_two_workers_that_fail_open_for_all_again_and_again()
    {
        var rig = WithTwoWorkers();
        rig.Report("b", "f");
        rig.Report("a", "ff");
        CloseBy(rig, "c");

        rig.Report("a", "fff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_a_failure_of_another_worker_reported_after_the_trip_ends_the_suspicion()
    {
        var rig = WithTwoWorkers();
        var closed = rig.Machine.Generation;
        rig.Report("a", "fff");
        rig.Report("b", "f", closed, late: false);
        CloseBy(rig, "b");

        rig.Report("a", "fff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_another_worker_that_fails_within_the_window_makes_it_the_component()
    {
        var rig = ClosedByOthers(WithTwoWorkers());
        rig.Report("b", "fs");

        rig.Report("a", "fff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_a_run_of_failures_that_another_worker_began_is_not_the_suspects_alone()
    {
        var rig = ClosedByOthers(WithTwoWorkers(Settings with { Window = TimeSpan.FromSeconds(1) }));
        rig.Report("b", "f");
        rig.Pass(2);

        rig.Report("a", "ff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_when_the_episode_is_over_the_suspect_opens_for_all_once_more()
    {
        var rig = ClosedByOthers(WithTwoWorkers());
        rig.Pass(10);
        rig.Report("b", "s");

        rig.Report("a", "fff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_the_suspects_own_successful_probes_prove_nothing_against_it()
    {
        var rig = WithTwoWorkers();
        rig.Report("a", "fff");
        CloseBy(rig, "a");

        rig.Report("a", "fff");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_a_failed_probe_of_another_worker_ends_the_suspicion_and_one_of_the_suspect_does_not()
    {
        var ended = WithTwoWorkers();
        ended.Report("a", "fff");
        FailProbe(ended, "b");
        CloseBy(ended, "b");
        ended.Report("a", "fff");
        Assert.Equal(BreakerState.Open, ended.State);

        var kept = WithTwoWorkers();
        kept.Report("a", "fff");
        FailProbe(kept, "a");
        CloseBy(kept, "b");
        kept.Report("a", "fff");
        Assert.Equal(TransitionCause.WorkerIsolated, kept.LastCause);
    }

    [Fact]
    public void S25a_for_a_second_the_suspect_comes_last_for_probes()
    {
        var rig = WithTwoWorkers();
        rig.Report("a", "fff");
        rig.Pass(10);

        Assert.Null(rig.Ask("a"));
        Assert.Equal(TimeSpan.FromSeconds(1), rig.Machine.ProbeWait(rig.Reporter("a"), rig.Now));
        Assert.NotNull(rig.Ask("b"));

        rig.Pass(1);
        Assert.Null(rig.Machine.ProbeWait(rig.Reporter("a"), rig.Now));
        Assert.NotNull(rig.Ask("a"));
    }

    [Fact]
    public void S25a_a_trip_on_the_failure_rate_isolates_too()
    {
        var rates = Settings with { FailureThreshold = 100, FailureRateThreshold = 0.3, MinimumCalls = 10 };
        var rig = new BreakerRig(rates);
        rig.Report("b", "sssssss");
        rig.Report("a", "ffff");
        Assert.Equal(TransitionCause.FailureRate, rig.LastCause);
        CloseBy(rig, "b");

        rig.Report("a", "ffff");
        rig.Report("b", "ssssss");

        Assert.Equal((BreakerState.Closed, TransitionCause.WorkerIsolated), (rig.State, rig.LastCause));
    }

    [Theory]
    [InlineData(CommandKind.Reset)]
    [InlineData(CommandKind.ForceOpen)]
    [InlineData(CommandKind.ForceClosed)]
    public void S25a_a_command_ends_the_isolation_and_the_suspicion(CommandKind command)
    {
        var rig = Isolated();

        rig.Command(command);
        Assert.Null(rig.Machine.Isolated);

        rig.Command(CommandKind.Release);
        rig.Report("b", "s");
        rig.Report("a", "fff");
        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S25a_switched_off_nobody_is_isolated_and_an_isolation_ends_at_the_next_input()
    {
        var off = ClosedByOthers(WithTwoWorkers(Settings with { IsolateLoneWorker = false }));
        off.Report("a", "fff");
        Assert.Equal(BreakerState.Open, off.State);

        var rig = Isolated();
        rig.Configure(settings => settings with { IsolateLoneWorker = false });
        rig.Machine.Advance(rig.Now);
        Assert.Equal((null, TransitionCause.IsolationEnded), (rig.Machine.Isolated, rig.LastCause));
    }

    [Fact]
    public void S25a_an_isolation_and_a_suspicion_survive_a_takeover()
    {
        var isolated = Isolated();
        isolated.Restart(secondsAway: 3);
        Assert.Equal("a", isolated.Machine.Isolated?.Name);
        isolated.Report("a", "fff");
        Assert.Equal(BreakerState.Closed, isolated.State);
        isolated.Pass(15);
        Assert.Null(isolated.Machine.Isolated);

        var suspected = ClosedByOthers(WithTwoWorkers());
        suspected.Restart();
        suspected.Report("a", "fff");
        Assert.Equal(TransitionCause.WorkerIsolated, suspected.LastCause);

        var open = WithTwoWorkers();
        open.Report("a", "fff");
        open.Restart();
        CloseBy(open, "b");
        open.Report("a", "fff");
        Assert.Equal(TransitionCause.WorkerIsolated, open.LastCause);
    }

    [Fact]
    public void S25a_an_isolation_is_adopted_with_the_generation_that_has_it()
    {
        var rig = Isolated();
        var successor = new BreakerMachine("pgmq", rig.Policy, Guid.NewGuid(), rig.Now);

        Assert.Equal(Reconciliation.Adopted, successor.Reconcile(rig.Machine.Snapshot(rig.Now), rig.Now));

        Assert.Equal(new KnownWorker("a", rig.Reporter("a").Key), successor.Isolated);
    }

    private static BreakerRig WithTwoWorkers(BreakerSettings? settings = null, double minInterval = 0)
    {
        var rig = new BreakerRig(settings ?? Settings, TimeSpan.FromSeconds(minInterval));
        rig.Report("b", "s");
        return rig;
    }

    private static BreakerRig ClosedByOthers(BreakerRig rig)
    {
        rig.Report("a", "fff");
        Assert.Equal(BreakerState.Open, rig.State);
        CloseBy(rig, "b");
        return rig;
    }

    private static BreakerRig Isolated()
    {
        var rig = ClosedByOthers(WithTwoWorkers());
        rig.Report("a", "fff");
        Assert.NotNull(rig.Machine.Isolated);
        return rig;
    }

    private static void CloseBy(BreakerRig rig, string worker)
    {
        HalfOpen(rig);
        foreach (var permit in new[] { rig.Permit(worker), rig.Permit(worker) })
        {
            rig.Settle(permit, ProbeResult.Success, worker);
        }

        rig.Pass(rig.Policy.MinTransitionInterval.TotalSeconds);
        Assert.Equal(BreakerState.Closed, rig.State);
    }

    private static void FailProbe(BreakerRig rig, string worker)
    {
        HalfOpen(rig);
        rig.Settle(rig.Permit(worker), ProbeResult.Failure, worker);
        Assert.Equal(BreakerState.Open, rig.State);
    }

    /// <summary>Half-open for long enough that a suspect need not wait for its probe.</summary>
    private static void HalfOpen(BreakerRig rig)
    {
        rig.Pass(rig.Policy.Settings.OpenDuration.TotalSeconds + 1);
        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }
}
