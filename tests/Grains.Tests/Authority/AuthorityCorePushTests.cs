using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C5: who is told, and that it is repeated until it is acknowledged.</summary>
public sealed class AuthorityCorePushTests
{
    [Fact]
    public void C5_a_new_activation_tells_every_hub_once()
    {
        var rig = new AuthorityRig();

        Assert.Equal(GrainKeys.HubCount, rig.Effects().Pushes.Count);
        Assert.Empty(rig.Effects().Pushes);
    }

    [Fact]
    public void C5_a_hub_without_workers_is_told_no_more_until_it_attaches()
    {
        var rig = new AuthorityRig();
        var first = rig.Effects(acknowledge: false);
        foreach (var target in first.Pushes)
        {
            rig.Core.PushAnswered(target, first.Snapshot!, new HubPushAnswer { Workers = target.Hub == GrainKeys.Hub(3) ? 2 : 0 }, rig.Clock.Now);
        }

        new WorkerRig(rig).Fail();
        Assert.Equal([GrainKeys.Hub(3)], rig.Effects().Pushes.Select(push => push.Hub));

        rig.Attach(new BreakerClaim { Revision = -1 }, GrainKeys.Hub(5), workers: 4);
        rig.Core.Command(new OperatorCommand { Kind = CommandKind.Reset, Reason = "r", Actor = "a" }, rig.Clock.Now);
        Assert.Equal([GrainKeys.Hub(3), GrainKeys.Hub(5)], rig.Effects().Pushes.Select(push => push.Hub).Order(StringComparer.Ordinal));
        Assert.Equal(2, rig.Details.Workers);
    }

    [Fact]
    public void C5_a_hub_whose_offer_has_no_valid_seal_is_attached_all_the_same()
    {
        var rig = new AuthorityRig();
        var first = rig.Effects(acknowledge: false);
        foreach (var target in first.Pushes)
        {
            rig.Core.PushAnswered(target, first.Snapshot!, new HubPushAnswer { Workers = 0 }, rig.Clock.Now);
        }

        var forged = new BreakerSnapshot { Component = AuthorityRig.Component, State = BreakerState.Open, Generation = new(3, Guid.NewGuid()), Seal = [1, 2, 3] };
        var answer = rig.Attach(new BreakerClaim { Generation = forged.Generation, Offer = forged }, GrainKeys.Hub(1), workers: 5);
        Assert.Equal(OfferVerdict.Refused, answer.Verdict);
        new WorkerRig(rig).Fail();

        Assert.Equal([GrainKeys.Hub(1)], rig.Effects().Pushes.Select(push => push.Hub));
    }

    [Fact]
    public void The_workers_of_a_hub_that_is_silent_for_long_are_counted_no_more()
    {
        var rig = new AuthorityRig();
        rig.Effects();
        rig.Attach(new BreakerClaim { Revision = -1 }, GrainKeys.Hub(5), workers: 4);
        var workers = rig.Details.Workers;
        rig.Clock.Pass(359);
        rig.Core.Advance(rig.Clock.Now);
        Assert.Equal(workers, rig.Details.Workers);
        rig.Clock.Pass(1);
        rig.Core.Advance(rig.Clock.Now);

        Assert.Equal(0, rig.Details.Workers);
    }

    [Fact]
    public void C5_a_push_that_failed_is_repeated_with_growing_pauses_and_newest_content()
    {
        var rig = new AuthorityRig();
        rig.Effects();
        rig.Attach(new BreakerClaim { Revision = -1 }, GrainKeys.Hub(1));
        new WorkerRig(rig).Fail();
        var pushes = rig.Effects(acknowledge: false).Pushes.Where(push => push.Hub == GrainKeys.Hub(1)).ToList();
        var target = Assert.Single(pushes);

        rig.Core.PushFailed(target, rig.Clock.Now);
        Assert.DoesNotContain(rig.Effects().Pushes, push => push.Hub == GrainKeys.Hub(1));
        rig.Core.Command(new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "r", Actor = "a" }, rig.Clock.Now);
        rig.Clock.Pass(0.1);
        var again = rig.Effects(acknowledge: false);

        Assert.Contains(again.Pushes, push => push.Hub == GrainKeys.Hub(1));
        Assert.Equal(BreakerState.ForcedOpen, again.Snapshot!.State);
    }

    [Fact]
    public void C5_a_hub_that_has_a_higher_revision_of_the_activation_before_is_told_again_above_it()
    {
        var before = new AuthorityRig();
        new WorkerRig(before).Fail();
        var rig = new AuthorityRig(stored: before.Store());
        rig.Effects();
        rig.Attach(new BreakerClaim { Generation = rig.Core.Generation, Revision = 0 }, GrainKeys.Hub(1));
        rig.Core.SetPolicy(BreakerPolicy.BuiltIn with { Version = 9 }, rig.Clock.Now);
        rig.Clock.Pass(0.05);
        var first = rig.Effects(acknowledge: false);
        var target = first.Pushes.Single(push => push.Hub == GrainKeys.Hub(1));

        rig.Core.PushAnswered(target, first.Snapshot!, new HubPushAnswer { Workers = 1, Revision = first.Snapshot!.Revision + 50 }, rig.Clock.Now);
        rig.Clock.Pass(0.05);
        var again = rig.Effects(acknowledge: false);

        Assert.Contains(again.Pushes, push => push.Hub == GrainKeys.Hub(1));
        Assert.Equal((true, 9), (again.Snapshot!.Revision > first.Snapshot.Revision + 50, again.Snapshot.Policy.Version));
    }

    [Fact]
    public void C7_what_a_hub_has_newer_is_adopted_from_its_answer()
    {
        var dead = new AuthorityRig();
        new WorkerRig(dead).Fail();
        var newer = dead.Snapshot();
        var rig = new AuthorityRig();
        var first = rig.Effects(acknowledge: false);

        rig.Core.PushAnswered(first.Pushes[0], first.Snapshot!, new HubPushAnswer { Workers = 1, Offer = newer }, rig.Clock.Now);

        Assert.Equal((BreakerState.Open, newer.Generation), (rig.State, rig.Details.Generation));
    }

    [Fact]
    public void C10_of_an_open_snapshot_that_a_hub_has_no_more_remains_than_it_says()
    {
        var dead = new AuthorityRig();
        new WorkerRig(dead).Fail();
        var rig = new AuthorityRig();
        var first = rig.Effects(acknowledge: false);

        rig.Core.PushAnswered(
            first.Pushes[0], first.Snapshot!, new HubPushAnswer { Workers = 1, Offer = dead.Snapshot() with { Remaining = TimeSpan.FromSeconds(7) } }, rig.Clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(7), rig.Details.Remaining);
    }

    [Fact]
    public void C7_an_offer_of_which_a_part_is_missing_is_not_looked_at()
    {
        var rig = new AuthorityRig();
        var first = rig.Effects(acknowledge: false);

        rig.Core.PushAnswered(
            first.Pushes[0],
            first.Snapshot!,
            new HubPushAnswer { Workers = 1, Offer = new BreakerSnapshot { Component = AuthorityRig.Component, Generation = new(1, Guid.NewGuid()), Lineage = null!, Seal = [1] } },
            rig.Clock.Now);

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.Empty(rig.Effects().Pushes);
    }

    [Fact]
    public void Where_nobody_is_to_be_told_anything_there_is_nothing_to_tell()
    {
        var rig = new AuthorityRig();
        Assert.NotNull(rig.Effects().Snapshot);

        Assert.Null(rig.Effects().Snapshot);
    }

    [Theory]
    [InlineData(false, false, false, false)]
    [InlineData(true, false, false, true)]
    [InlineData(false, true, false, true)]
    [InlineData(false, false, true, true)]
    public void An_authority_stays_while_it_is_not_closed_or_somebody_listens_or_something_is_not_stored(
        bool open, bool listened, bool dirty, bool stays)
    {
        var rig = new AuthorityRig();
        var hubs = rig.Effects(acknowledge: false);
        foreach (var target in hubs.Pushes)
        {
            rig.Core.PushAnswered(target, hubs.Snapshot!, new HubPushAnswer(), rig.Clock.Now);
        }

        if (open)
        {
            rig.Core.Command(new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "r", Actor = "a" }, rig.Clock.Now);
        }

        rig.Clock.Pass(30);
        Assert.NotNull(rig.Core.TakeEffects(rig.Clock.Now).Write);
        rig.Core.WriteSucceeded(rig.Clock.Now);
        if (listened)
        {
            rig.Attach(new BreakerClaim { Revision = -1 }, workers: 1);
        }

        if (dirty)
        {
            new WorkerRig(rig).Succeed();
        }

        Assert.Equal(stays, rig.Core.MustStay);
    }

    [Fact]
    public void C7_a_hub_that_offers_a_false_seal_is_told_to_let_go()
    {
        var dead = new AuthorityRig();
        new WorkerRig(dead).Fail();
        var rig = new AuthorityRig();
        var first = rig.Effects(acknowledge: false);

        rig.Core.PushAnswered(first.Pushes[0], first.Snapshot!, new HubPushAnswer { Workers = 1, Offer = dead.Snapshot() with { Seal = [1, 2, 3] } }, rig.Clock.Now);

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.True(Assert.Single(rig.Effects().Pushes).Reset);
    }

    [Fact]
    public void S4_the_timeout_is_told_without_traffic_at_the_time_that_was_announced()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(15) });
        new WorkerRig(rig).Fail();
        rig.Store();
        var wake = rig.Effects().NextWake;
        Assert.Equal(TimeSpan.FromSeconds(15), wake);

        rig.Clock.PassTo(wake!.Value);
        rig.Core.Advance(rig.Clock.Now);
        var effects = rig.Effects();

        Assert.Equal(BreakerState.HalfOpen, effects.Snapshot!.State);
        Assert.Equal(TransitionCause.TimeoutElapsed, Assert.Single(effects.Transitions).Cause);
    }
}
