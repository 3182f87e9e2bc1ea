using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>C5, C7, C10: which snapshots a mirror adopts, and which it offers.</summary>
public sealed class MirrorCoreSnapshotTests
{
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(5);

    private readonly MirrorRig _rig = new(new BreakerSettings { FailureThreshold = 100 });

    [Fact]
    public void C5_a_mirror_never_goes_back()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1, revision: 4));
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1, revision: 3));
        Assert.Equal(4, _rig.Core.Cluster.Revision);
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 0, revision: 99));
        Assert.Equal((BreakerState.Open, 1L), (_rig.State, _rig.Core.Cluster.Generation.Number));
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2));
        Assert.Equal(BreakerState.HalfOpen, _rig.State);
    }

    [Fact]
    public void C5_who_pushes_a_lower_revision_is_told_of_the_higher_one()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1, revision: 9));
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1, revision: 9));
        Assert.Null(_rig.Core.TakeReport(_rig.Now));
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1, revision: 4));
        var report = _rig.MustReport();

        Assert.Equal((0L, 9L), (report.Number, report.Claim.Revision));
    }

    [Fact]
    public void C7_an_authority_that_has_forgotten_is_offered_what_the_worker_has()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.ForcedOpen, 3, command: 1));
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1, incarnation: Guid.NewGuid()));

        var report = _rig.MustReport();

        Assert.Equal((0L, BreakerState.ForcedOpen), (report.Number, report.Claim.Offer!.State));
        _rig.Answer(report);
        Assert.Null(_rig.Core.Claim(_rig.Now).Offer);
    }

    [Fact]
    public void C7_a_snapshot_whose_seal_is_refused_is_let_go()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.ForcedOpen, 7, command: 4));
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1, incarnation: Guid.NewGuid()));
        var report = _rig.MustReport();

        _rig.Answer(report, _rig.Snapshot(BreakerState.Closed, 1), OfferVerdict.Refused);

        Assert.Equal((BreakerState.Closed, 1L), (_rig.State, _rig.Core.Cluster.Generation.Number));
    }

    [Fact]
    public void C10_a_claim_of_an_open_breaker_says_what_remains_by_this_workers_own_clock()
    {
        var rig = new MirrorRig(new BreakerSettings { OpenDuration = TimeSpan.FromSeconds(30) });
        rig.Hear(rig.Snapshot(BreakerState.Open, 1));
        rig.Pass(TimeSpan.FromSeconds(12));

        Assert.Equal(TimeSpan.FromSeconds(18), rig.Core.Claim(rig.Now).Remaining);
        Assert.Equal(TimeSpan.FromSeconds(18), rig.Core.Snapshot(rig.Now).Remaining);
    }

    [Fact]
    public void C5_an_answer_never_sets_a_mirror_back()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 3));
        _rig.Record("r");
        _rig.Core.Flush(_rig.Now);

        _rig.Answer(_rig.MustReport(), _rig.Snapshot(BreakerState.Closed, 1));

        Assert.Equal((BreakerState.Open, 3L), (_rig.State, _rig.Core.Cluster.Generation.Number));
    }

    [Fact]
    public void C10_what_is_heard_again_does_not_give_back_the_time_that_has_passed()
    {
        _rig.Pass(TimeSpan.FromSeconds(3));
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));
        _rig.Pass(TimeSpan.FromSeconds(12));
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));

        Assert.Equal(TimeSpan.FromSeconds(18), _rig.Core.Snapshot(_rig.Now).Remaining);
        Assert.Equal(TimeSpan.FromSeconds(18), _rig.Core.Claim(_rig.Now).Remaining);
    }

    [Fact]
    public void C10_only_of_an_open_breaker_a_claim_says_what_remains()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.ForcedOpen, 1, command: 1) with { Remaining = TimeSpan.FromSeconds(60) });

        Assert.Null(_rig.Core.Claim(_rig.Now).Remaining);
    }

    [Fact]
    public void C7_what_was_just_taken_is_not_offered()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));

        Assert.Null(_rig.Core.Claim(_rig.Now).Offer);
    }

    [Fact]
    public void What_many_breakers_have_in_common_is_kept_once()
    {
        BreakerSnapshot[] heard = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var rig = new MirrorRig();
            rig.Hear(rig.Snapshot(BreakerState.Closed, 0, revision: 5) with { Policy = new BreakerPolicy { Version = 77 }, Lineage = new Lineage() });
            return rig.Core.Cluster;
        })];

        Assert.Same(heard[0].Policy, heard[1].Policy);
        Assert.Same(Lineage.Initial, heard[0].Lineage);
        Assert.Equal((77, 5), (heard[0].Policy.Version, heard[0].Revision));
    }

    [Fact]
    public void C7_what_is_kept_of_a_snapshot_has_the_lineage_that_it_was_sealed_with()
    {
        var snapshot = _rig.Snapshot(BreakerState.Open, 3);

        _rig.Hear(snapshot);

        Assert.Equal(snapshot.Lineage, _rig.Core.Cluster.Lineage);
        Assert.NotEqual(Lineage.Initial, _rig.Core.Cluster.Lineage);
    }
}
