using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>S5, S7, S8: probe permits, asked for and given back.</summary>
public sealed class AuthorityCorePermitTests
{
    private static readonly BreakerSettings HalfOpenSoon = new() { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(5), SuccessThreshold = 1, HalfOpenMaxProbes = 2 };

    [Fact]
    public void C4_a_retried_permit_request_gets_the_same_permit()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(5);
        var request = worker.MakeRequest();

        var first = worker.Ask(request);
        var second = worker.Ask(request);

        Assert.NotNull(first.Permit);
        Assert.Equal(first.Permit, second.Permit);
        Assert.Equal(1, rig.Details.ProbesOutstanding);
    }

    [Fact]
    public void S7_a_request_that_the_worker_gave_up_returns_its_permit_whichever_comes_first()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var (granted, late) = (new WorkerRig(rig, "granted"), new WorkerRig(rig, "late"));
        granted.Fail();
        rig.Clock.Pass(5);

        granted.Ask();
        granted.Send(granted.Make(OutcomeTally.Empty) with { Permits = new PermitProgress(0, Abandoned: 1) });
        Assert.Equal(0, rig.Details.ProbesOutstanding);

        var request = late.MakeRequest();
        late.Send(late.Make(OutcomeTally.Empty) with { Permits = new PermitProgress(0, Abandoned: 1) });
        Assert.Null(late.Ask(request).Permit);
        Assert.Equal(0, rig.Details.ProbesOutstanding);
    }

    [Fact]
    public void S7_giving_up_a_request_that_never_arrived_takes_back_no_permit_that_is_in_use()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(5);
        var inUse = worker.Ask().Permit!;

        worker.Send(worker.Make(OutcomeTally.Empty) with { Permits = new PermitProgress(Answered: 1, Abandoned: 2) });

        Assert.Equal(1, rig.Details.ProbesOutstanding);
        worker.Settle(inUse, ProbeResult.Failure);
        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S7_a_permit_whose_answer_was_lost_comes_back_with_the_next_request()
    {
        var rig = new AuthorityRig(HalfOpenSoon with { HalfOpenMaxProbes = 1 });
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(5);
        worker.Ask();

        var next = worker.Ask(worker.MakeRequest() with { Permits = new PermitProgress(0, Abandoned: 1) });

        Assert.NotNull(next.Permit);
        Assert.Equal(1, rig.Details.ProbesOutstanding);
        worker.Send(worker.Make(OutcomeTally.Empty) with { Permits = new PermitProgress(0, Abandoned: 1) });
        Assert.Equal(1, rig.Details.ProbesOutstanding);
    }

    [Fact]
    public void S5_no_more_permits_than_the_budget_across_workers_and_the_answer_brings_the_newest_snapshot()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var workers = Enumerable.Range(0, 5).Select(index => new WorkerRig(rig, $"w{index}")).ToList();
        workers[0].Fail();
        rig.Clock.Pass(5);

        var answers = workers.Select(worker => worker.Ask()).ToList();

        Assert.Equal(2, answers.Count(answer => answer.Permit is not null));
        Assert.Equal(BreakerState.Closed, Settled().State);

        BreakerDetails Settled()
        {
            var winner = answers.FindIndex(answer => answer.Permit is not null);
            workers[winner].Settle(answers[winner].Permit!, ProbeResult.Success);
            return rig.Details;
        }
    }

    [Fact]
    public void C4_a_permit_request_is_stored_with_the_next_totals_and_not_at_once()
    {
        var rig = new AuthorityRig(HalfOpenSoon with { ProbeLease = TimeSpan.FromSeconds(100) });
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(5);
        rig.Store();

        worker.Ask();

        Assert.Null(rig.Effects().Write);
        rig.Clock.Pass(30);
        Assert.Equal(1, rig.Store().Sessions.Single(session => session.Id == worker.Session).Permit);
    }

    [Fact]
    public void C4_an_older_permit_request_that_comes_late_gets_no_permit()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(5);
        var first = worker.MakeRequest();
        Assert.NotNull(worker.Ask(worker.MakeRequest()).Permit);

        var late = worker.Ask(first);

        Assert.Equal((1L, null), (late.Number, late.Permit));
    }

    [Fact]
    public void S8_a_retried_permit_request_gets_no_permit_of_a_generation_that_is_over()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(5);
        var request = worker.MakeRequest();
        Assert.NotNull(worker.Ask(request).Permit);
        rig.Core.Command(new OperatorCommand { Kind = CommandKind.Reset, Reason = "r", Actor = "a" }, rig.Clock.Now);

        Assert.Null(worker.Ask(request).Permit);
    }

    [Fact]
    public void C7_a_permit_request_of_an_unknown_generation_is_not_answered_until_the_snapshot_is_offered()
    {
        var rig = new AuthorityRig();
        var worker = new WorkerRig(rig);

        var answer = worker.Ask(worker.MakeRequest() with { Claim = new BreakerClaim { Generation = new(3, Guid.NewGuid()) } });

        Assert.Equal((OfferVerdict.Wanted, 0L), (answer.Verdict, answer.Number));
        Assert.Equal((OfferVerdict.None, 2L), (worker.Ask() is var next ? next.Verdict : 0, next.Number));
    }
}
