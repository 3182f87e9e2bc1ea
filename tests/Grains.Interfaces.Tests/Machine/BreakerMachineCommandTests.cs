using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S10: operator commands.</summary>
public sealed class BreakerMachineCommandTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 1 };

    [Theory]
    [InlineData(CommandKind.ForceOpen, BreakerState.ForcedOpen, TransitionCause.ForceOpen)]
    [InlineData(CommandKind.ForceClosed, BreakerState.ForcedClosed, TransitionCause.ForceClosed)]
    public void S10_a_forced_state_holds_until_it_is_released(CommandKind kind, BreakerState state, TransitionCause cause)
    {
        var rig = new BreakerRig(Settings);

        Assert.Equal(CommandStatus.Applied, rig.Command(kind));
        rig.Report("a", "ffffff");
        rig.Pass(100_000);
        Assert.Equal((state, cause), (rig.State, rig.LastCause));
        Assert.Equal(("ops", "drill"), (rig.Machine.History[^1].Actor, rig.Machine.History[^1].Reason));
        rig.Command(CommandKind.Release);

        Assert.Equal((BreakerState.Closed, TransitionCause.Release), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S10_a_forced_state_with_a_ttl_ends_by_itself()
    {
        var rig = new BreakerRig(Settings);
        rig.Command(CommandKind.ForceOpen, 30);
        Assert.Equal(TimeSpan.FromSeconds(30), rig.Machine.Remaining(rig.Now));

        rig.Pass(29.9);
        Assert.Equal(BreakerState.ForcedOpen, rig.State);
        rig.Pass(0.1);

        Assert.Equal((BreakerState.Closed, TransitionCause.TtlEnded), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S10_the_history_has_the_ttl_of_a_command_and_of_nothing_else()
    {
        var rig = new BreakerRig(Settings);

        rig.Command(CommandKind.ForceOpen, 30);
        rig.Pass(30);
        rig.Command(CommandKind.ForceClosed);
        rig.Command(CommandKind.Release);

        Assert.Equal([TimeSpan.FromSeconds(30), null, null, null], rig.Machine.History.Select(transition => transition.Ttl));
    }

    [Fact]
    public void S10_a_later_command_replaces_the_ttl_of_an_earlier_one()
    {
        var rig = new BreakerRig(Settings);
        rig.Command(CommandKind.ForceOpen, 1);

        rig.Command(CommandKind.ForceOpen);
        rig.Pass(100);

        Assert.Equal(BreakerState.ForcedOpen, rig.State);
        Assert.Null(rig.Machine.Remaining(rig.Now));
    }

    [Fact]
    public void S10_each_command_begins_a_new_generation_with_a_higher_command_number()
    {
        var rig = new BreakerRig(Settings);

        rig.Command(CommandKind.ForceOpen);
        rig.Command(CommandKind.ForceOpen);
        rig.Command(CommandKind.Release);
        rig.Command(CommandKind.Reset);

        Assert.Equal((4L, 4L), (rig.Machine.Generation.Number, rig.Machine.CommandNumber));
    }

    [Fact]
    public void S10_release_of_an_automatic_breaker_changes_nothing_and_succeeds()
    {
        var rig = new BreakerRig(Settings).Opened();

        Assert.Equal(CommandStatus.Unchanged, rig.Command(CommandKind.Release));

        Assert.Equal((BreakerState.Open, 1L, 0L), (rig.State, rig.Machine.Generation.Number, rig.Machine.CommandNumber));
    }

    [Fact]
    public void S10_reset_closes_an_automatic_breaker_and_keeps_the_totals()
    {
        var rig = new BreakerRig(Settings).Opened();

        Assert.Equal(CommandStatus.Applied, rig.Command(CommandKind.Reset));

        Assert.Equal((BreakerState.Closed, TransitionCause.Reset, 1L), (rig.State, rig.LastCause, rig.Totals.Failures));
    }

    [Fact]
    public void S10_reset_of_a_forced_breaker_is_a_conflict()
    {
        var rig = new BreakerRig(Settings);
        rig.Command(CommandKind.ForceClosed);

        Assert.Equal(CommandStatus.Conflict, rig.Command(CommandKind.Reset));

        Assert.Equal(BreakerState.ForcedClosed, rig.State);
    }

    [Fact]
    public void S10_a_forced_state_stands_while_breakers_are_disabled()
    {
        var rig = new BreakerRig(Settings);
        rig.Command(CommandKind.ForceOpen);

        rig.Configure(settings => settings, enabled: false);

        Assert.Equal(BreakerState.ForcedOpen, rig.State);
        Assert.True(rig.Machine.Snapshot(rig.Now).Admits);
    }

    [Fact]
    public void S10_of_a_ttl_remains_after_a_restart_what_its_instant_says_and_never_more_than_was_given()
    {
        var rig = new BreakerRig(Settings);
        rig.Command(CommandKind.ForceOpen, 100);

        rig.Restart(secondsAway: 60);
        Assert.Equal(TimeSpan.FromSeconds(40), rig.Machine.Remaining(rig.Now));

        var stored = rig.Machine.Capture(rig.Now);
        var clockSetBack = rig.Now with { Utc = rig.Now.Utc.AddYears(-1) };
        var taken = BreakerMachine.TakeOver("pgmq", stored, rig.Policy, Guid.NewGuid(), clockSetBack);
        Assert.Equal(TimeSpan.FromSeconds(100), taken.Remaining(clockSetBack));
    }

    [Fact]
    public void S10_a_ttl_that_ended_while_nobody_ran_is_released_at_the_takeover()
    {
        var rig = new BreakerRig(Settings);
        rig.Command(CommandKind.ForceOpen, 10);

        rig.Restart(secondsAway: 11);

        Assert.Equal((BreakerState.Closed, TransitionCause.TtlEnded), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S10_a_command_that_is_not_known_is_refused() =>
        Assert.Contains(
            "Unknown command",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BreakerRig(Settings).Command((CommandKind)99)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void S4_what_had_fallen_due_before_a_command_comes_before_it_in_the_history()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Jump(30);

        rig.Command(CommandKind.Reset);

        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], rig.Machine.History.Select(transition => transition.To));
    }
}
