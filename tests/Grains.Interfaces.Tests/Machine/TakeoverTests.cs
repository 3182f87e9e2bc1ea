using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>C7, C9, C10: how an activation goes on from the store or from a worker's copy, and how two histories become one.</summary>
public sealed class TakeoverTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 1, Timeout = TimeSpan.FromSeconds(15) };

    [Fact]
    public void C10_an_open_breaker_that_is_taken_up_from_the_store_runs_its_full_timeout_again()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Pass(14);
        var generation = rig.Machine.Generation;

        rig.Restart();

        Assert.Equal((BreakerState.Open, generation), (rig.State, rig.Machine.Generation));
        Assert.Equal(TimeSpan.FromSeconds(15), rig.Machine.Remaining(rig.Now));
    }

    [Fact]
    public void C10_or_less_when_a_mirror_reports_less_remaining()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart();
        var revision = rig.Machine.Revision;

        rig.Machine.HearRemaining(rig.Machine.Generation, TimeSpan.FromSeconds(5), rig.Now);
        var shortened = rig.Machine.Revision;
        rig.Machine.HearRemaining(rig.Machine.Generation, TimeSpan.FromSeconds(9), rig.Now);

        Assert.Equal(TimeSpan.FromSeconds(5), rig.Machine.Remaining(rig.Now));
        Assert.True(shortened > revision);
        Assert.Equal(shortened, rig.Machine.Revision);
        rig.Machine.HearRemaining(rig.Machine.Generation, TimeSpan.FromSeconds(-1), rig.Now);
        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void C10_of_a_stay_that_this_activation_began_its_own_clock_decides()
    {
        var rig = new BreakerRig(Settings).Opened();

        rig.Machine.HearRemaining(rig.Machine.Generation, TimeSpan.Zero, rig.Now);

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void C5_no_two_activations_say_different_things_of_one_generation_under_one_revision()
    {
        var rig = new BreakerRig(Settings).Opened();
        var stored = rig.Machine.Capture(rig.Now);
        var random = new Random(20);
        var revisions = Enumerable.Range(0, 20).Select(_ => BreakerMachine.TakeOver("pgmq", stored, rig.Policy, NextGuid(), rig.Now).Revision).ToList();

        var initial = Enumerable.Range(0, 20).Select(_ => new BreakerMachine("pgmq", rig.Policy, NextGuid(), rig.Now).Revision).ToList();

        Assert.All(revisions, revision => Assert.True(revision > stored.Revision));
        Assert.Equal(revisions.Count, revisions.Distinct().Count());
        Assert.Equal(initial.Count, initial.Distinct().Count());

        Guid NextGuid()
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }

    [Fact]
    public void C5_two_activations_never_say_anything_of_one_generation_under_one_revision()
    {
        var rig = new BreakerRig(Settings).Opened();
        var stored = rig.Machine.Capture(rig.Now);
        var random = new Random(7);
        BreakerMachine[] activations =
        [
            rig.Machine, .. Enumerable.Range(1, 3).Select(number => BreakerMachine.TakeOver("pgmq", stored, rig.Policy, new Guid(number, 0, 0, new byte[8]), rig.Now)),
        ];
        var issued = activations.Select(activation => new HashSet<long> { activation.Revision }).ToArray();

        for (var step = 0; step < 1000; step++)
        {
            var (one, other) = (random.Next(activations.Length), random.Next(activations.Length));
            var before = activations[one].Revision;
            if (random.Next(2) == 0)
            {
                activations[one].HearRevision(rig.Machine.Generation, activations[other].Revision);
            }
            else
            {
                activations[one].SetPolicy(rig.Policy with { Version = step + 2 }, rig.Now);
                Assert.True(activations[one].Revision > before);
            }

            issued[one].Add(activations[one].Revision);
        }

        Assert.Equal(issued.Sum(revisions => revisions.Count), issued.SelectMany(revisions => revisions).Distinct().Count());
    }

    [Fact]
    public void C5_each_generation_begins_its_revisions_anew_and_only_their_low_twenty_bits_say_who_issued_them()
    {
        var rig = new BreakerRig(Settings);
        for (var number = 0; number < 50; number++)
        {
            var machine = new BreakerMachine("pgmq", rig.Policy, new Guid(int.MaxValue - number, 0, 0, new byte[8]), rig.Now);
            Assert.InRange(machine.Revision, 0, (1 << 20) - 1);

            machine.Command(new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "drill", Actor = "ops" }, rig.Now);
            Assert.InRange(machine.Revision, 0, (1 << 20) - 1);
        }
    }

    [Fact]
    public void C5_an_activation_begins_above_the_stored_revision()
    {
        var rig = new BreakerRig(Settings).Opened();
        var stored = rig.Machine.Capture(rig.Now) with { Revision = 7_000_000 };

        Assert.True(BreakerMachine.TakeOver("pgmq", stored, rig.Policy, Guid.Empty, rig.Now).Revision > 7_000_000);
    }

    [Fact]
    public void C10_what_is_heard_of_another_generation_or_of_the_same_time_changes_nothing()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart();
        var revision = rig.Machine.Revision;

        rig.Machine.HearRemaining(rig.Machine.Generation with { Number = 9 }, TimeSpan.FromSeconds(1), rig.Now);
        rig.Machine.HearRemaining(rig.Machine.Generation, TimeSpan.FromSeconds(15), rig.Now);

        Assert.Equal((revision, TimeSpan.FromSeconds(15)), (rig.Machine.Revision, rig.Machine.Remaining(rig.Now)));
    }

    [Fact]
    public void C5_a_revision_that_is_known_or_cannot_be_is_not_gone_above()
    {
        var rig = new BreakerRig(Settings).Opened();
        var revision = rig.Machine.Revision;

        rig.Machine.HearRevision(rig.Machine.Generation, 0);
        rig.Machine.HearRevision(rig.Machine.Generation, revision);
        rig.Machine.HearRevision(rig.Machine.Generation, BreakerMachine.MaxRevision + 1);

        Assert.Equal(revision, rig.Machine.Revision);
        rig.Machine.HearRevision(rig.Machine.Generation, BreakerMachine.MaxRevision);
        Assert.True(rig.Machine.Revision > BreakerMachine.MaxRevision);
    }

    [Fact]
    public void C7_an_adopted_stay_begins_anew_and_the_one_that_it_ends_is_counted()
    {
        var (ours, theirs) = (new BreakerRig(Settings), new BreakerRig(Settings));
        theirs.Opened();
        ours.Pass(100);

        ours.Machine.Reconcile(theirs.Machine.Snapshot(theirs.Now), ours.Now);

        Assert.Equal(TimeSpan.FromSeconds(15), ours.Machine.Remaining(ours.Now));
        ours.Pass(3);
        Assert.Equal([100, 0, 3, 0, 0], ours.Machine.TimeInState(ours.Now).Select(time => time.TotalSeconds));
    }

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
    public void S4_another_history_finds_done_what_had_fallen_due()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Jump(15);

        Assert.Equal(Reconciliation.Contained, rig.Machine.Reconcile(BreakerSnapshot.Initial("pgmq", rig.Policy), rig.Now));

        Assert.Equal(BreakerState.HalfOpen, rig.State);
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
    public void C5_an_activation_goes_on_above_a_revision_that_a_worker_has_seen()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart();
        var revision = rig.Machine.Revision;

        rig.Machine.HearRevision(rig.Machine.Generation, revision + 41);
        var above = rig.Machine.Revision;
        rig.Machine.HearRevision(rig.Machine.Generation, revision + 7);
        rig.Machine.HearRevision(rig.Machine.Generation with { Number = 9 }, above + 99);

        Assert.True(above > revision + 41);
        Assert.Equal(above, rig.Machine.Revision);
    }

    [Fact]
    public void C5_who_began_a_generation_goes_on_above_what_another_activation_said_of_it_in_a_split()
    {
        var rig = new BreakerRig(Settings).Opened();

        var said = rig.Machine.Revision + 41;
        rig.Machine.HearRevision(rig.Machine.Generation, said);

        Assert.True(rig.Machine.Revision > said);
    }

    [Fact]
    public void C5_a_made_up_revision_moves_nothing()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart();
        var revision = rig.Machine.Revision;

        rig.Machine.HearRevision(rig.Machine.Generation, long.MaxValue);
        rig.Machine.HearRevision(rig.Machine.Generation, long.MaxValue / 2);

        Assert.Equal(revision, rig.Machine.Revision);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void C10_a_made_up_remaining_time_overflows_nothing(long ticks)
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart(secondsAway: 1);

        rig.Machine.HearRemaining(rig.Machine.Generation, TimeSpan.FromTicks(ticks), rig.Now);

        Assert.Equal(ticks > 0 ? BreakerState.Open : BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void C7_a_history_that_goes_on_where_ours_ended_is_adopted()
    {
        var (ours, theirs) = (new BreakerRig(Settings), new BreakerRig(Settings));
        theirs.Opened();

        Assert.Equal(Reconciliation.Adopted, ours.Machine.Reconcile(theirs.Machine.Snapshot(theirs.Now), ours.Now));

        Assert.Equal((BreakerState.Open, theirs.Machine.Generation), (ours.State, ours.Machine.Generation));
        Assert.Equal(TransitionCause.ConsecutiveFailures, ours.LastCause);
        ours.Command(CommandKind.Reset);
        Assert.Equal(2, ours.Machine.Generation.Number);
    }

    [Fact]
    public void C7_a_half_open_history_is_adopted_as_a_new_half_open_generation()
    {
        var (ours, theirs) = (new BreakerRig(Settings), new BreakerRig(Settings));
        theirs.HalfOpened();

        ours.Machine.Reconcile(theirs.Machine.Snapshot(theirs.Now), ours.Now);

        Assert.Equal((BreakerState.HalfOpen, 3L), (ours.State, ours.Machine.Generation.Number));
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

        ours.Machine.LearnHistory(theirs.Machine.History);
        ours.Machine.LearnHistory(theirs.Machine.History);

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
