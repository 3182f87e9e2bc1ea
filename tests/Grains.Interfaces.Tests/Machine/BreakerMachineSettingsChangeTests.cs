namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S18: new settings reach a running breaker without a transition.</summary>
public sealed class BreakerMachineSettingsChangeTests
{
    [Fact]
    public void S18_a_limit_is_compared_at_the_next_input()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 5 });
        rig.Report("a", "fff");

        rig.Configure(settings => settings with { FailureThreshold = 2 });
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Report("a", "f");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S18_a_success_never_trips_even_if_the_run_that_it_ends_is_above_a_lowered_limit()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 5 });
        rig.Report("a", "fff");

        rig.Configure(settings => settings with { FailureThreshold = 2 });
        rig.Report("a", "s");

        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void S18_a_timeout_is_measured_anew_from_the_entry_into_the_state()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(30) }).Opened();
        rig.Pass(10);

        rig.Configure(settings => settings with { OpenDuration = TimeSpan.FromSeconds(12) });
        Assert.Equal(TimeSpan.FromSeconds(2), rig.Machine.Remaining(rig.Now));
        rig.Pass(2);

        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void S18_a_change_of_limits_alone_ends_no_stay_the_next_input_does()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, SuccessThreshold = 3 }).HalfOpened();
        rig.Settle(rig.Permit(), ProbeResult.Success);

        rig.Configure(settings => settings with { SuccessThreshold = 1 });
        rig.Pass(1);
        Assert.Equal((BreakerState.HalfOpen, 1), (rig.State, rig.Machine.FreeProbes));
        rig.Settle(rig.Permit(), ProbeResult.Ignored);

        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void S18_what_had_fallen_due_under_the_old_settings_is_done_by_them()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(30) }).Opened();
        rig.Jump(30);

        rig.Configure(settings => settings with { OpenDuration = TimeSpan.FromSeconds(60) });

        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void S18_permits_and_leases_that_were_given_stand()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1, HalfOpenMaxProbes = 2, ProbeLease = TimeSpan.FromSeconds(10) }).HalfOpened();
        var (first, second) = (rig.Permit("a"), rig.Permit("b"));

        rig.Configure(settings => settings with { HalfOpenMaxProbes = 1, ProbeLease = TimeSpan.FromSeconds(1) });
        rig.Pass(9.9);
        Assert.Null(rig.Ask("c"));
        rig.Settle(first, ProbeResult.Success);
        rig.Settle(second, ProbeResult.Success, "b");

        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void S18_workers_are_told_with_a_higher_revision_in_the_same_generation()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1 }).Opened();
        var before = rig.Machine.Snapshot(rig.Now);

        rig.Configure(settings => settings with { FailureThreshold = 9 });

        var after = rig.Machine.Snapshot(rig.Now);
        Assert.Equal(before.Generation, after.Generation);
        Assert.True(after.IsNewerThan(before));
        Assert.False(before.IsNewerThan(after));
    }

    [Fact]
    public void S18_settings_that_are_the_same_tell_nobody_anything()
    {
        var rig = new BreakerRig();
        var revision = rig.Machine.Revision;

        rig.Machine.SetPolicy(rig.Policy, rig.Now);

        Assert.Equal(revision, rig.Machine.Revision);
    }
}
