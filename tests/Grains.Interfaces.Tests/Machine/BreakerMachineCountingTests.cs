using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S12–S14: what is counted and kept.</summary>
public sealed class BreakerMachineCountingTests
{
    [Fact]
    public void S12_a_rejection_is_no_call()
    {
        var rig = new BreakerRig();

        rig.Report("a", "sfirr");

        Assert.Equal((3L, 2L), (rig.Totals.Calls, rig.Totals.Rejected));
        Assert.Equal(0.5, rig.Totals.FailureRate);
    }

    [Fact]
    public void S14_a_mean_duration_divides_by_the_calls_that_it_sums()
    {
        var rig = new BreakerRig();
        var timed = OutcomeTally.Success with { Counts = OutcomeTally.Success.Counts with { TimedCalls = 2, TotalDuration = TimeSpan.FromSeconds(6) } };
        rig.Machine.Report(rig.Reporter("a"), [new GenerationTally { Tally = timed }], [], rig.Now);
        rig.Report("a", "ssss");

        Assert.Equal(TimeSpan.FromSeconds(3), rig.Totals.MeanDuration);
        Assert.Null(CallCounts.Zero.MeanDuration);
        Assert.Equal(0, CallCounts.Zero.FailureRate);
    }

    [Fact]
    public void S14_totals_stop_short_of_an_overflow_and_what_comes_after_still_decides()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });
        var absurd = OutcomeTally.Success with
        { Counts = OutcomeTally.Success.Counts with { Successes = long.MaxValue / 4, Ignored = long.MaxValue / 4, Rejected = long.MaxValue / 4, Slow = long.MaxValue / 4, TimedCalls = long.MaxValue / 4, TotalDuration = TimeSpan.MaxValue / 4 } };
        for (var report = 0; report < 20; report++)
        {
            rig.Machine.Report(rig.Reporter("liar"), [new GenerationTally { Generation = rig.Machine.Generation, Tally = absurd }], [], rig.Now);
        }

        Assert.Equal((RunningTotals.Most, RunningTotals.Most), (rig.Totals.Successes, rig.Totals.TotalDuration.Ticks));
        Assert.True(rig.Totals.Calls > 0);
        rig.Report("a", "fff");
        Assert.Equal((BreakerState.Open, 3L), (rig.State, rig.Totals.Failures));
        rig.Restart();
        Assert.Equal(RunningTotals.Most, rig.Totals.Successes);
    }

    [Fact]
    public void S2_runs_are_kept_of_so_many_workers_and_stop_short_of_an_overflow()
    {
        var runs = new FailureRuns();
        var mine = Guid.NewGuid();
        var failures = OutcomeTally.Failure with { Counts = OutcomeTally.Failure.Counts with { Failures = long.MaxValue / 2 }, FirstRun = long.MaxValue / 2, LastRun = long.MaxValue / 2 };
        runs.Feed(mine, failures);
        for (var worker = 0; worker < FailureRuns.Capacity * 2; worker++)
        {
            runs.Feed(Guid.NewGuid(), OutcomeTally.Failure);
        }

        Assert.InRange(runs.Feed(mine, OutcomeTally.Failure), 1_000_000_000, 2_000_000_000);
        Assert.InRange(runs.Workers, 1, FailureRuns.Capacity);
        Assert.True(runs.Current > 0);
    }

    [Fact]
    public void S2_a_window_of_absurd_counts_overflows_nothing_and_ends_like_any_other()
    {
        var window = new RollingWindow();
        var length = TimeSpan.FromSeconds(20);
        for (var second = 0; second < 60; second++)
        {
            window.Add(OutcomeTally.Success with { Counts = OutcomeTally.Success.Counts with { Successes = long.MaxValue / 2, Slow = long.MaxValue / 2 } }, TimeSpan.FromSeconds(second), length);
            Assert.InRange(window.At(TimeSpan.FromSeconds(second), length).Calls, 1, long.MaxValue);
        }

        window.Add(OutcomeTally.Failure, TimeSpan.FromSeconds(90), length);
        Assert.Equal(1, window.At(TimeSpan.FromSeconds(90), length).FailureRate);
    }

    [Fact]
    public void S14_the_last_hundred_transitions_are_kept_and_all_are_counted_by_kind()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1 });

        for (var round = 0; round < 60; round++)
        {
            rig.Report("a", "f");
            rig.Command(CommandKind.Reset);
        }

        Assert.Equal(100, rig.Machine.History.Count);
        Assert.Equal(120, rig.Machine.History[^1].Generation.Number);
        Assert.Equal(
            [new TransitionCount(BreakerState.Closed, BreakerState.Open, 60), new TransitionCount(BreakerState.Open, BreakerState.Closed, 60)],
            rig.Machine.TransitionCounts);
    }

    [Fact]
    public void S14_the_time_in_each_state_is_kept_through_a_restart()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(10) });
        rig.Pass(5);
        rig.Opened();
        rig.Pass(4);

        rig.Restart();
        rig.Pass(3);

        Assert.Equal([5, 0, 7, 0, 0], rig.Machine.TimeInState(rig.Now).Select(time => time.TotalSeconds));
    }

    [Fact]
    public void S14_runs_and_windows_do_not_outlive_the_activation_but_totals_do()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });
        rig.Report("a", "ff");

        rig.Restart();
        rig.Report("a", "f");

        Assert.Equal((BreakerState.Closed, 1L, 3L), (rig.State, rig.Machine.ConsecutiveFailures, rig.Totals.Failures));
    }

    [Fact]
    public void S14_probes_are_counted_with_their_durations_and_those_of_cut_off_workers_too()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, SuccessThreshold = 9 }).HalfOpened();
        var (slow, plain, ignored) = (rig.Permit(), rig.Permit(), rig.Permit());
        rig.Machine.Report(
            rig.Reporter("a"),
            [new GenerationTally { Local = true, LocalProbes = 3, Tally = OutcomeTally.Success with { Counts = OutcomeTally.Success.Counts with { Slow = 1 } } }],
            [
                new ProbeOutcome { PermitId = slow.Id, Generation = slow.Generation, Slow = true, Duration = TimeSpan.FromSeconds(4) },
                new ProbeOutcome { PermitId = plain.Id, Generation = plain.Generation },
                new ProbeOutcome { PermitId = ignored.Id, Generation = ignored.Generation, Result = ProbeResult.Ignored },
            ],
            rig.Now);

        Assert.Equal((3L, 1L, 6L, 2L), (rig.Totals.Successes, rig.Totals.Ignored, rig.Totals.Probes, rig.Totals.Slow));
        Assert.Equal((1L, TimeSpan.FromSeconds(4)), (rig.Totals.TimedCalls, rig.Totals.TotalDuration));
    }

    [Fact]
    public void S14_the_time_in_a_state_that_began_in_another_activation_is_counted_from_the_takeover()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(10) });
        rig.Pass(5);
        rig.Restart();
        rig.Pass(2);
        rig.Opened();
        rig.Pass(1);

        Assert.Equal([7, 0, 1, 0, 0], rig.Machine.TimeInState(rig.Now).Select(time => time.TotalSeconds));
    }

    [Fact]
    public void S14_what_is_restated_replaces_all_that_was_counted()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1 });
        rig.Pass(5);
        rig.Opened();
        rig.Pass(1);

        rig.Machine.Restate(BreakerLedger.Zero, rig.Now);

        Assert.Empty(rig.Machine.TransitionCounts);
        Assert.All(rig.Machine.TimeInState(rig.Now), time => Assert.Equal(TimeSpan.Zero, time));
        Assert.Equal(CallCounts.Zero, rig.Totals);
    }

    [Fact]
    public void S13_reading_changes_nothing()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1 }).Opened();
        rig.Jump(1000);
        var before = (rig.State, rig.Machine.Generation, rig.Machine.Revision, rig.Machine.History.Count);

        _ = rig.Machine.Snapshot(rig.Now);
        _ = rig.Machine.Capture(rig.Now);
        _ = rig.Machine.TimeInState(rig.Now);
        _ = rig.Machine.WindowFailureRate(rig.Now);
        _ = rig.Machine.NextWake;

        Assert.Equal(before, (rig.State, rig.Machine.Generation, rig.Machine.Revision, rig.Machine.History.Count));
    }

    [Fact]
    public void C8_outcomes_that_were_made_locally_enter_the_totals_only()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1 });

        rig.Report("a", "ffffs", local: true);

        Assert.Equal((BreakerState.Closed, 4L, 0L), (rig.State, rig.Totals.Failures, rig.Totals.Late));
    }

    [Fact]
    public void C3_one_report_with_two_generations_has_no_late_outcome_in_the_one_it_found()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 2 });
        var old = rig.Machine.Generation with { Number = 0, Incarnation = Guid.NewGuid() };

        rig.Machine.Report(
            rig.Reporter("a"),
            [
                new GenerationTally { Generation = old, Tally = Outcomes.Tally("ff"), Late = true },
                new GenerationTally { Generation = rig.Machine.Generation, Tally = Outcomes.Tally("ffs"), Late = true },
            ],
            [],
            rig.Now);

        Assert.Equal((BreakerState.Open, 2L), (rig.State, rig.Totals.Late));
    }

    [Fact]
    public void C13_a_success_counted_in_time_and_reported_after_the_transition_is_not_late_and_moves_nothing()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 2 });
        var closed = rig.Machine.Generation;
        rig.Opened();

        rig.Report("b", "sssf", closed, late: false);

        Assert.Equal((BreakerState.Open, 3L, 3L, 0L), (rig.State, rig.Totals.Successes, rig.Totals.Failures, rig.Totals.Late));
    }

    [Fact]
    public void C13_a_call_that_ended_after_its_worker_had_heard_of_the_transition_is_late()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 2 });
        var closed = rig.Machine.Generation;
        rig.Opened();

        rig.Report("b", "sfir", closed, late: true);

        Assert.Equal(3, rig.Totals.Late);
    }

    [Fact]
    public void C13_a_probe_that_ended_before_its_worker_had_heard_of_the_decision_is_not_late()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 2, SuccessThreshold = 1, HalfOpenMaxProbes = 2 }).HalfOpened();
        var (first, second, third) = (rig.Permit("a"), rig.Permit("b"), rig.Machine.Generation);
        rig.Settle(first, ProbeResult.Success, "a");
        Assert.NotEqual(third, rig.Machine.Generation);

        rig.Settle(second, ProbeResult.Failure, "b", late: false);
        Assert.Equal(0, rig.Totals.Late);

        rig.Settle(second, ProbeResult.Failure, "b", late: true);
        Assert.Equal(1, rig.Totals.Late);
    }
}
