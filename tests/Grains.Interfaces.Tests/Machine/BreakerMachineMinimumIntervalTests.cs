namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S9: the least time between two automatic transitions.</summary>
public sealed class BreakerMachineMinimumIntervalTests
{
    private static readonly BreakerSettings Settings = new()
    {
        FailureThreshold = 2,
        SuccessThreshold = 1,
        HalfOpenMaxProbes = 3,
        OpenDuration = TimeSpan.FromSeconds(1),
        ProbeLease = TimeSpan.FromSeconds(60),
    };

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    [Fact]
    public void S9_the_first_transition_never_waits() => Assert.Equal(BreakerState.Open, new BreakerRig(Settings, Interval).Opened().State);

    [Fact]
    public void S9_open_stays_open_until_the_interval_is_over()
    {
        var rig = new BreakerRig(Settings, Interval).Opened();

        rig.Pass(9.999);
        Assert.Equal(BreakerState.Open, rig.State);
        rig.Pass(0.001);

        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void S9_a_success_that_closes_waits_and_no_new_probe_is_admitted_meanwhile()
    {
        var rig = new BreakerRig(Settings, Interval).HalfOpened();

        rig.Settle(rig.Permit(), ProbeResult.Success);

        Assert.Equal((BreakerState.HalfOpen, 0), (rig.State, rig.Machine.FreeProbes));
        Assert.Null(rig.Ask());
        rig.Pass(10);
        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void S9_a_probe_failure_stays_due_and_beats_success()
    {
        var rig = new BreakerRig(Settings, Interval).HalfOpened();
        var (first, second) = (rig.Permit("a"), rig.Permit("b"));

        rig.Settle(first, ProbeResult.Success);
        rig.Settle(second, ProbeResult.Failure, "b");
        Assert.Equal(BreakerState.HalfOpen, rig.State);
        rig.Pass(10);

        Assert.Equal((BreakerState.Open, TransitionCause.ProbeFailed), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S9_of_several_probes_that_failed_while_it_waited_the_first_is_the_cause()
    {
        var rig = new BreakerRig(Settings with { ProbeLease = TimeSpan.FromSeconds(5) }, Interval).HalfOpened();
        var (first, second) = (rig.Permit("a"), rig.Permit("b"));
        rig.Permit("lost");

        rig.Settle(first, ProbeResult.Failure, "a");
        rig.Settle(second, ProbeResult.Failure, "b");
        rig.Pass(10);

        Assert.Equal((TransitionCause.ProbeFailed, "a"), (rig.LastCause, rig.Machine.History[^1].Worker));
    }

    [Fact]
    public void S9_while_a_lost_probe_waits_nothing_becomes_free_and_workers_are_told_nothing()
    {
        var rig = new BreakerRig(Settings with { ProbeLease = TimeSpan.FromSeconds(5) }, Interval).HalfOpened();
        rig.Permit("a");
        rig.Permit("b");
        rig.Permit("c");
        var revision = rig.Machine.Revision;

        rig.Pass(6);

        Assert.Equal((BreakerState.HalfOpen, 0, revision), (rig.State, rig.Machine.FreeProbes, rig.Machine.Revision));
    }

    [Fact]
    public void S9_a_lease_that_ends_while_a_success_waits_beats_it()
    {
        var rig = new BreakerRig(Settings with { ProbeLease = TimeSpan.FromSeconds(5) }, Interval).HalfOpened();
        var first = rig.Permit("a");
        rig.Permit("b");
        rig.Settle(first, ProbeResult.Success);

        rig.Pass(10);

        Assert.Equal((BreakerState.Open, TransitionCause.ProbeLost), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S9_a_trip_that_waits_is_taken_when_the_rule_still_holds()
    {
        var rig = Closed();

        rig.Report("a", "ff");
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Pass(10);

        Assert.Equal((BreakerState.Open, "a"), (rig.State, rig.Machine.History[^1].Worker));
    }

    [Fact]
    public void S9_a_trip_that_waits_is_dropped_when_a_success_came_meanwhile()
    {
        var rig = Closed();

        rig.Report("a", "ff");
        rig.Report("a", "s");
        rig.Pass(10);

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.Null(rig.Machine.NextWake);
    }

    [Fact]
    public void S9_a_trip_that_waits_is_taken_for_a_workers_own_run_and_names_the_worker_that_it_waited_for()
    {
        var rig = Closed();
        rig.Report("broken", "ff");
        rig.Report("broken", "f");
        rig.Report("healthy", "s");
        rig.Report("other", "f");

        rig.Pass(10);

        Assert.Equal((BreakerState.Open, TransitionCause.ConsecutiveFailures, "broken"), (rig.State, rig.LastCause, rig.Machine.History[^1].Worker));
    }

    [Fact]
    public void S9_a_second_worker_that_reaches_the_limit_while_a_trip_waits_is_not_its_cause()
    {
        var rig = Closed();
        rig.Report("first", "ff");
        rig.Report("second", "ff");

        rig.Pass(10);

        Assert.Equal("first", rig.Machine.History[^1].Worker);
    }

    [Theory]
    [InlineData(CommandKind.ForceOpen, BreakerState.ForcedOpen)]
    [InlineData(CommandKind.ForceClosed, BreakerState.ForcedClosed)]
    [InlineData(CommandKind.Reset, BreakerState.Closed)]
    public void S9_commands_never_wait(CommandKind kind, BreakerState expected)
    {
        var rig = new BreakerRig(Settings, Interval).Opened();

        rig.Command(kind);

        Assert.Equal(expected, rig.State);
    }

    [Fact]
    public void S9_the_end_of_a_ttl_never_waits_and_the_interval_goes_on_after_it()
    {
        var rig = new BreakerRig(Settings, Interval).Opened();
        rig.Command(CommandKind.ForceOpen, 1);

        rig.Pass(1);
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Report("a", "ff");
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Pass(9);

        Assert.Equal(BreakerState.Open, rig.State);
    }

    /// <summary>Closed again, with the interval just begun.</summary>
    private static BreakerRig Closed()
    {
        var rig = new BreakerRig(Settings, Interval).HalfOpened();
        rig.Settle(rig.Permit(), ProbeResult.Success);
        rig.Pass(10);
        Assert.Equal(BreakerState.Closed, rig.State);
        return rig;
    }
}
