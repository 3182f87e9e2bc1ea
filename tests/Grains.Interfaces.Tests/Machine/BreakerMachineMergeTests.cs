using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>C9, S10, S14: two histories become one.</summary>
public sealed class BreakerMachineMergeTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(15) };

    [Fact]
    public void S10_a_ttl_that_is_over_is_released_when_it_is_adopted_or_merged()
    {
        var (adopting, merging, theirs) = (new BreakerRig(Settings), new BreakerRig(Settings).Opened(), new BreakerRig(Settings));
        theirs.Command(CommandKind.ForceOpen, 10);
        var held = theirs.Machine.Snapshot(theirs.Now);
        adopting.Jump(11);
        merging.Jump(11);

        Assert.Equal(Reconciliation.Adopted, adopting.Machine.Reconcile(held, adopting.Now));
        Assert.Equal(Reconciliation.Merged, merging.Machine.Reconcile(held, merging.Now));

        Assert.Equal((BreakerState.Closed, TransitionCause.TtlEnded), (adopting.State, adopting.LastCause));
        Assert.Equal((BreakerState.Closed, TransitionCause.TtlEnded), (merging.State, merging.LastCause));
    }

    [Fact]
    public void S10_commands_that_were_given_here_came_after_all_of_the_past()
    {
        var (ours, past) = (new BreakerRig(Settings), new BreakerRig(Settings));
        past.Command(CommandKind.ForceClosed);
        past.Command(CommandKind.ForceClosed);
        ours.Command(CommandKind.ForceOpen);

        Assert.Equal(Reconciliation.Merged, ours.Machine.Reconcile(past.Machine.Snapshot(past.Now), ours.Now, isThePast: true));

        Assert.Equal((BreakerState.ForcedOpen, 3L), (ours.State, ours.Machine.CommandNumber));
    }

    [Fact]
    public void S10_without_a_command_here_those_of_the_past_stand()
    {
        var (ours, past) = (new BreakerRig(Settings).Opened(), new BreakerRig(Settings));
        past.Command(CommandKind.ForceClosed);

        ours.Machine.Reconcile(past.Machine.Snapshot(past.Now), ours.Now, isThePast: true);

        Assert.Equal((BreakerState.ForcedClosed, 1L), (ours.State, ours.Machine.CommandNumber));
    }

    [Fact]
    public void S10_a_history_that_knows_the_commands_given_here_came_after_them()
    {
        var (ours, theirs) = (new BreakerRig(Settings), new BreakerRig(Settings));
        ours.Command(CommandKind.ForceOpen);
        theirs.Machine.Reconcile(ours.Machine.Snapshot(ours.Now), theirs.Now);
        theirs.Command(CommandKind.Release);

        Assert.Equal(Reconciliation.Adopted, ours.Machine.Reconcile(theirs.Machine.Snapshot(theirs.Now), ours.Now, isThePast: true));

        Assert.Equal((BreakerState.Closed, 2L), (ours.State, ours.Machine.CommandNumber));
    }

    [Fact]
    public void C9_a_stay_that_began_here_is_not_taken_for_contained_because_of_a_floor()
    {
        var rig = new BreakerRig(Settings).Opened();
        var newest = new Generation(50, Guid.NewGuid());

        var result = rig.Machine.Reconcile(
            new BreakerSnapshot { Component = "pgmq", Generation = newest, Lineage = new Lineage { Floor = 40, Tips = [newest] } }, rig.Now);

        Assert.Equal((Reconciliation.Merged, BreakerState.Open, 51L), (result, rig.State, rig.Machine.Generation.Number));
    }

    [Theory]
    [InlineData(1, CommandKind.ForceOpen, 10, 2, CommandKind.ForceClosed, 50, 50)]
    [InlineData(2, CommandKind.ForceOpen, 10, 1, CommandKind.ForceClosed, 50, 10)]
    [InlineData(1, CommandKind.ForceOpen, 10, 1, CommandKind.ForceClosed, 50, 10)]
    [InlineData(1, CommandKind.ForceOpen, 50, 2, CommandKind.ForceOpen, 10, 10)]
    [InlineData(1, CommandKind.ForceOpen, 50, 1, CommandKind.ForceOpen, 10, 50)]
    [InlineData(1, CommandKind.ForceOpen, 10, 1, CommandKind.ForceOpen, 50, 50)]
    [InlineData(1, CommandKind.ForceOpen, null, 1, CommandKind.ForceOpen, 50, null)]
    [InlineData(1, CommandKind.ForceOpen, 50, 1, CommandKind.ForceOpen, null, null)]
    public void C9_the_hold_is_that_of_the_side_that_wins_and_of_equals_the_longer(
        int ourCommands, CommandKind ours, int? ourTtl, int theirCommands, CommandKind theirs, int? theirTtl, int? expected)
    {
        var (left, right) = (new BreakerRig(Settings), new BreakerRig(Settings));
        for (var command = 0; command < ourCommands; command++)
        {
            left.Command(ours, ourTtl);
        }

        for (var command = 0; command < theirCommands; command++)
        {
            right.Command(theirs, theirTtl);
        }

        left.Machine.Reconcile(right.Machine.Snapshot(right.Now), left.Now);

        Assert.Equal(expected, left.Machine.Remaining(left.Now)?.TotalSeconds);
    }

    [Fact]
    public void C9_a_history_that_ours_contains_changes_nothing()
    {
        var rig = new BreakerRig(Settings).Opened();
        var old = rig.Machine.Snapshot(rig.Now);
        rig.Command(CommandKind.Reset);

        Assert.Equal(Reconciliation.Contained, rig.Machine.Reconcile(old, rig.Now));
        Assert.Equal(Reconciliation.Contained, rig.Machine.Reconcile(BreakerSnapshot.Initial("pgmq", rig.Policy), rig.Now));

        Assert.Equal((BreakerState.Closed, 2L), (rig.State, rig.Machine.Generation.Number));
    }

    [Theory]
    [InlineData("closed", "open", BreakerState.Open)]
    [InlineData("open", "closed", BreakerState.Open)]
    [InlineData("half-open", "closed", BreakerState.HalfOpen)]
    [InlineData("open", "half-open", BreakerState.Open)]
    [InlineData("forced-closed", "reset", BreakerState.Closed)]
    [InlineData("forced-open", "forced-closed", BreakerState.ForcedOpen)]
    [InlineData("forced-closed", "forced-open", BreakerState.ForcedOpen)]
    [InlineData("forced-closed", "open", BreakerState.ForcedClosed)]
    [InlineData("open", "forced-closed", BreakerState.ForcedClosed)]
    public void C9_two_histories_become_one_above_both(string ours, string theirs, BreakerState expected)
    {
        var (left, right) = (Moved(ours), Moved(theirs));
        var (numberOfLeft, numberOfRight) = (left.Machine.Generation.Number, right.Machine.Generation.Number);

        Assert.Equal(Reconciliation.Merged, left.Machine.Reconcile(right.Machine.Snapshot(right.Now), left.Now));

        Assert.Equal((expected, TransitionCause.Merged), (left.State, left.LastCause));
        Assert.True(left.Machine.Generation.Number > Math.Max(numberOfLeft, numberOfRight));
        Assert.Equal(Reconciliation.Contained, left.Machine.Reconcile(right.Machine.Snapshot(right.Now), left.Now));
        Assert.Equal(Reconciliation.Adopted, right.Machine.Reconcile(left.Machine.Snapshot(left.Now), right.Now));
    }

    [Fact]
    public void C9_of_two_holds_of_the_same_command_the_longer_stands()
    {
        var (left, right) = (new BreakerRig(Settings), new BreakerRig(Settings));
        left.Command(CommandKind.ForceOpen, 10);
        right.Command(CommandKind.ForceOpen, 50);

        left.Machine.Reconcile(right.Machine.Snapshot(right.Now), left.Now);

        Assert.Equal(TimeSpan.FromSeconds(50), left.Machine.Remaining(left.Now));
    }

    [Fact]
    public void C9_permits_of_both_sides_are_late_after_a_merge()
    {
        var (left, right) = (Moved("half-open"), Moved("half-open"));
        var permit = left.Permit();

        left.Machine.Reconcile(right.Machine.Snapshot(right.Now), left.Now);
        left.Settle(permit, ProbeResult.Failure);

        Assert.Equal((BreakerState.HalfOpen, 1L), (left.State, left.Totals.Late));
    }

    [Fact]
    public void S14_transitions_of_another_activation_are_learned_once_and_in_order()
    {
        var (ours, theirs) = (new BreakerRig(Settings), new BreakerRig(Settings));
        theirs.Opened();
        theirs.Command(CommandKind.Reset);
        ours.Command(CommandKind.ForceOpen);

        ours.Machine.AdoptHistory(theirs.Machine.History);
        ours.Machine.AdoptHistory(theirs.Machine.History);

        Assert.Equal([1, 1, 2], ours.Machine.History.Select(transition => transition.Generation.Number));
        Assert.Equal(TransitionCause.ForceOpen, ours.Machine.History[0].Cause);
    }

    private static BreakerRig Moved(string how)
    {
        var rig = new BreakerRig(Settings);
        switch (how)
        {
            case "closed":
                rig.Opened();
                rig.Pass(15);
                rig.Settle(rig.Permit(), ProbeResult.Success);
                rig.Settle(rig.Permit(), ProbeResult.Success);
                break;
            case "open":
                rig.Opened();
                break;
            case "half-open":
                rig.HalfOpened();
                break;
            case "reset":
                rig.Command(CommandKind.Reset);
                break;
            case "forced-open":
                rig.Command(CommandKind.ForceOpen);
                break;
            case "forced-closed":
                rig.Command(CommandKind.ForceClosed);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, "Unknown.");
        }

        return rig;
    }
}
