using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>C7, C9, C10: how an activation goes on from the store or from a worker's copy, and how two histories become one.</summary>
public sealed class BreakerMachineTakeoverTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(15) };

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
                activations[one].AdoptRevision(rig.Machine.Generation, activations[other].Revision);
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

        rig.Machine.AdoptRevision(rig.Machine.Generation, 0);
        rig.Machine.AdoptRevision(rig.Machine.Generation, revision);
        rig.Machine.AdoptRevision(rig.Machine.Generation, BreakerMachine.MaxRevision + 1);

        Assert.Equal(revision, rig.Machine.Revision);
        rig.Machine.AdoptRevision(rig.Machine.Generation, BreakerMachine.MaxRevision);
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
    public void S4_another_history_finds_done_what_had_fallen_due()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Jump(15);

        Assert.Equal(Reconciliation.Contained, rig.Machine.Reconcile(BreakerSnapshot.Initial("pgmq", rig.Policy), rig.Now));

        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void C5_an_activation_goes_on_above_a_revision_that_a_worker_has_seen()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart();
        var revision = rig.Machine.Revision;

        rig.Machine.AdoptRevision(rig.Machine.Generation, revision + 41);
        var above = rig.Machine.Revision;
        rig.Machine.AdoptRevision(rig.Machine.Generation, revision + 7);
        rig.Machine.AdoptRevision(rig.Machine.Generation with { Number = 9 }, above + 99);

        Assert.True(above > revision + 41);
        Assert.Equal(above, rig.Machine.Revision);
    }

    [Fact]
    public void C5_who_began_a_generation_goes_on_above_what_another_activation_said_of_it_in_a_split()
    {
        var rig = new BreakerRig(Settings).Opened();

        var said = rig.Machine.Revision + 41;
        rig.Machine.AdoptRevision(rig.Machine.Generation, said);

        Assert.True(rig.Machine.Revision > said);
    }

    [Fact]
    public void C5_a_made_up_revision_moves_nothing()
    {
        var rig = new BreakerRig(Settings).Opened();
        rig.Restart();
        var revision = rig.Machine.Revision;

        rig.Machine.AdoptRevision(rig.Machine.Generation, long.MaxValue);
        rig.Machine.AdoptRevision(rig.Machine.Generation, long.MaxValue / 2);

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
}
