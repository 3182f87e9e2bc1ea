using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>S5–S7: asking for permits and giving them back.</summary>
public sealed class MirrorCoreProbeTests
{
    private readonly MirrorRig _rig = new();

    public MirrorCoreProbeTests() => _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));

    [Fact]
    public void S5_most_need_not_ask_only_while_a_probe_is_free_and_no_request_is_on_its_way()
    {
        Assert.NotNull(_rig.Core.TakePermitRequest(_rig.Now));
        Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
        var rig = new MirrorRig();
        Assert.Null(rig.Core.TakePermitRequest(rig.Now));
        rig.Hear(rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 0));
        Assert.Null(rig.Core.TakePermitRequest(rig.Now));
        rig.Hear(rig.Snapshot(BreakerState.HalfOpen, 2, revision: 1, freeProbes: 1));
        Assert.Equal(1, rig.Core.TakePermitRequest(rig.Now)!.Number);
    }

    [Fact]
    public void C4_requests_are_numbered_and_the_outcome_is_reported_at_once_with_its_generation()
    {
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        var permit = Answer(request, Permit(5))!;
        _rig.Core.Settle(new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Success }, local: false, _rig.Now);

        var probe = Assert.Single(_rig.MustReport().Probes);

        Assert.Equal((5L, permit.Generation, ProbeResult.Success), (probe.PermitId, probe.Generation, probe.Result));
        Assert.Equal(2, _rig.Core.TakePermitRequest(_rig.Now)!.Number);
    }

    [Fact]
    public void S5_without_a_permit_the_answer_says_why()
    {
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;

        Assert.Null(Answer(request, null, _rig.Snapshot(BreakerState.HalfOpen, 2, revision: 3, freeProbes: 0)));

        Assert.Equal(0, _rig.Core.Snapshot(_rig.Now).FreeProbes);
        Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
    }

    [Fact]
    public void S7_a_permit_that_comes_when_its_generation_is_over_goes_back_unused()
    {
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        var permit = Permit(1);
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 3));

        Assert.Null(Answer(request, permit));

        var probe = Assert.Single(_rig.MustReport().Probes);
        Assert.Equal((1L, ProbeResult.Unused), (probe.PermitId, probe.Result));
    }

    [Fact]
    public void S7_a_permit_that_comes_after_its_request_was_given_up_goes_back_unused()
    {
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        _rig.Core.PermitFailed(request, _rig.Now);

        Assert.Null(Answer(request, Permit(1)));

        var report = _rig.MustReport();
        Assert.Equal((1L, ProbeResult.Unused), (report.Permits.Abandoned, Assert.Single(report.Probes).Result));
    }

    [Fact]
    public void C7_an_authority_that_does_not_know_the_generation_is_offered_it_with_the_next_report()
    {
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        Assert.Null(_rig.Core.PermitAnswered(request, new PermitAnswer { Verdict = OfferVerdict.Wanted }, _rig.Now));

        Assert.Equal(BreakerState.HalfOpen, _rig.MustReport().Claim.Offer!.State);
    }

    [Fact]
    public void C4_each_request_says_which_before_it_were_answered_and_which_were_given_up()
    {
        Answer(_rig.Core.TakePermitRequest(_rig.Now)!, null);
        _rig.Core.PermitFailed(_rig.Core.TakePermitRequest(_rig.Now)!, _rig.Now);

        var report = _rig.MustReport();
        Assert.Equal(new PermitProgress(Answered: 1, Abandoned: 2), report.Permits);
        _rig.Answer(report);
        Assert.Equal(new PermitProgress(Answered: 1, Abandoned: 2), _rig.Core.TakePermitRequest(_rig.Now)!.Permits);
    }

    [Fact]
    public void S5_a_request_that_failed_is_followed_by_no_other_until_the_authority_answers_something()
    {
        _rig.Core.PermitFailed(_rig.Core.TakePermitRequest(_rig.Now)!, _rig.Now);

        Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
        Assert.Equal(0, _rig.Core.Snapshot(_rig.Now).FreeProbes);
        _rig.Answer(_rig.MustReport());
        Assert.NotNull(_rig.Core.TakePermitRequest(_rig.Now));
    }

    [Fact]
    public void S5_while_a_request_is_on_its_way_no_probe_is_free_for_another_call_of_this_worker()
    {
        Assert.Equal(1, _rig.Core.Snapshot(_rig.Now).FreeProbes);
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        Assert.Equal(0, _rig.Core.Snapshot(_rig.Now).FreeProbes);
        Answer(request, null);
        Assert.Equal(1, _rig.Core.Snapshot(_rig.Now).FreeProbes);
    }

    [Fact]
    public void S19_a_refusal_may_come_with_a_permit_answer()
    {
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        _rig.Core.PermitAnswered(request, new PermitAnswer { Refusal = new BreakerRefusal(RefusalKind.NotConfigured, "no") }, _rig.Now);
        Assert.Equal(BreakerMode.Refused, _rig.Core.Mode);
    }

    private ProbePermit Permit(long id) => new(id, _rig.Core.Cluster.Generation, TimeSpan.FromSeconds(5));

    private ProbePermit? Answer(PermitRequest request, ProbePermit? permit, BreakerSnapshot? snapshot = null) =>
        _rig.Core.PermitAnswered(request, new PermitAnswer { Number = request.Number, Permit = permit, Snapshot = snapshot }, _rig.Now);
}
