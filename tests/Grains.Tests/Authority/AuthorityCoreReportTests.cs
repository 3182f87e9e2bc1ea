using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C2–C4: reports and permit requests.</summary>
public sealed class AuthorityCoreReportTests
{
    private static readonly BreakerSettings HalfOpenSoon = new() { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(5), SuccessThreshold = 1, HalfOpenMaxProbes = 2 };

    [Fact]
    public void C1_a_failure_of_any_worker_counts_for_all()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 2 });

        new WorkerRig(rig, "a").Fail();
        new WorkerRig(rig, "b").Fail();

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void C4_a_retried_report_is_counted_once_and_answered_alike()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 3 });
        var worker = new WorkerRig(rig);
        var report = worker.Make(OutcomeTally.Failure);

        Assert.Equal(1, worker.Send(report).Number);
        Assert.Equal(1, worker.Send(report).Number);
        Assert.Equal(1, worker.Send(report).Number);

        Assert.Equal((BreakerState.Closed, 1L), (rig.State, rig.Details.Totals.Failures));
    }

    [Fact]
    public void C4_an_older_report_that_comes_late_is_not_counted()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 9 });
        var worker = new WorkerRig(rig);
        var first = worker.Make(OutcomeTally.Failure);
        worker.Send(first);
        worker.Send(worker.Make(OutcomeTally.Success));

        Assert.Equal(2, worker.Send(first).Number);

        Assert.Equal(1, rig.Details.Totals.Failures);
    }

    [Fact]
    public void C4_what_was_counted_of_each_session_is_stored_in_the_same_row_as_the_totals()
    {
        var rig = new AuthorityRig();
        var worker = new WorkerRig(rig);
        var report = worker.Make(OutcomeTally.Failure);
        worker.Send(report);
        var row = rig.Store();

        var next = new AuthorityRig(stored: row);
        next.Core.Report(report, next.Clock.Now);

        Assert.Equal((BreakerState.Open, 1L), (next.State, next.Details.Totals.Failures));
        Assert.Equal((worker.Session, 1L), (row.Sessions[0].Id, row.Sessions[0].Report));
    }

    [Fact]
    public void C5_the_answer_brings_what_the_claim_lacks_and_nothing_else()
    {
        var rig = new AuthorityRig();
        var worker = new WorkerRig(rig);

        Assert.Null(worker.Succeed().Snapshot);
        var opened = worker.Fail().Snapshot;

        Assert.Equal((BreakerState.Open, TimeSpan.FromSeconds(30)), (opened!.State, opened.Remaining));
        Assert.True(AuthorityRig.Sealer.IsValid(opened));
    }

    [Fact]
    public void S4_whoever_calls_after_the_timeout_gets_the_half_open_snapshot_though_no_timer_came()
    {
        var rig = new AuthorityRig(HalfOpenSoon);
        var worker = new WorkerRig(rig);
        worker.Fail();
        var opened = rig.Snapshot();
        var claim = new BreakerClaim { Generation = opened.Generation, Revision = opened.Revision };
        rig.Clock.Pass(5);

        Assert.Equal(BreakerState.HalfOpen, rig.Attach(claim).Snapshot!.State);
        Assert.Equal(BreakerState.HalfOpen, Another(HalfOpenSoon, (rig, claim) => new WorkerRig(rig).Send(new WorkerReport { Session = Guid.NewGuid(), Worker = "w", Claim = claim }).Snapshot));
        Assert.Equal(BreakerState.HalfOpen, Another(HalfOpenSoon, (rig, claim) => new WorkerRig(rig).Ask(new PermitRequest { Session = Guid.NewGuid(), Worker = "w", Claim = claim }).Snapshot));

        static BreakerState Another(BreakerSettings settings, Func<AuthorityRig, BreakerClaim, BreakerSnapshot?> call)
        {
            var rig = new AuthorityRig(settings);
            new WorkerRig(rig).Fail();
            var opened = rig.Snapshot();
            rig.Clock.Pass(5);
            return call(rig, new BreakerClaim { Generation = opened.Generation, Revision = opened.Revision })!.State;
        }
    }

    [Fact]
    public void S4_time_that_passes_is_seen_in_what_is_told_and_in_what_is_to_be_done()
    {
        var told = new AuthorityRig(HalfOpenSoon);
        new WorkerRig(told).Fail();
        told.Clock.Pass(5);
        told.Core.Advance(told.Clock.Now);
        Assert.Equal(BreakerState.HalfOpen, told.State);

        var done = new AuthorityRig(HalfOpenSoon);
        new WorkerRig(done).Fail();
        done.Effects();
        done.Clock.Pass(5);
        Assert.Equal(BreakerState.HalfOpen, done.Effects().Snapshot!.State);
    }

    [Fact]
    public void C5_a_hub_that_passes_on_the_newest_snapshot_is_told_what_it_lacks_itself()
    {
        var rig = new AuthorityRig();
        var old = rig.Snapshot();
        new WorkerRig(rig).Fail();
        var newest = rig.Snapshot();

        var answer = rig.Attach(new BreakerClaim { Generation = old.Generation, Revision = old.Revision, Offer = newest });

        Assert.Equal((OfferVerdict.None, newest.Generation), (answer.Verdict, answer.Snapshot!.Generation));
    }

    [Fact]
    public void C7_who_passes_on_a_known_snapshot_and_has_one_that_is_not_known_is_asked_for_it()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Fail();

        var answer = rig.Attach(new BreakerClaim { Generation = new(7, Guid.NewGuid()), Offer = rig.Snapshot() });

        Assert.Equal(OfferVerdict.Wanted, answer.Verdict);
    }

    [Fact]
    public void C5_an_authority_goes_on_above_the_revision_that_a_worker_claims()
    {
        var rig = new AuthorityRig();
        var known = rig.Snapshot();

        var answer = rig.Attach(new BreakerClaim { Generation = known.Generation, Revision = known.Revision + 10 });

        Assert.True(answer.Snapshot!.Revision > known.Revision + 10);
    }

    [Fact]
    public void A_breaker_is_used_only_after_it_was_created()
    {
        var clock = new TestClock();
        var core = new AuthorityCore("pgmq", Guid.NewGuid(), AuthorityRig.Sealer, clock.Now);

        Assert.Contains("'pgmq'", Assert.Throws<InvalidOperationException>(() => core.Generation).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void S14_what_is_told_says_since_when_the_state_holds()
    {
        var rig = new AuthorityRig();
        Assert.Null(rig.Details.Since);
        new WorkerRig(rig).Fail();
        rig.Clock.Pass(7);
        rig.Core.Command(new OperatorCommand { Kind = CommandKind.Reset, Reason = "r", Actor = "a" }, rig.Clock.Now);
        var since = rig.Clock.Now.Utc;
        rig.Clock.Pass(7);

        Assert.Equal(since, rig.Details.Since);
    }

    [Fact]
    public void C7_a_claim_of_an_unknown_generation_is_not_counted_until_the_snapshot_is_offered()
    {
        var dead = new AuthorityRig();
        new WorkerRig(dead).Fail();
        var known = dead.Snapshot();
        var rig = new AuthorityRig();
        var worker = new WorkerRig(rig);
        var claim = new BreakerClaim { Generation = known.Generation, Revision = known.Revision };
        var report = worker.Make(OutcomeTally.Rejection, known.Generation, claim);

        Assert.Equal(OfferVerdict.Wanted, worker.Send(report).Verdict);
        Assert.Equal(0, rig.Details.Totals.Rejected);
        var answer = worker.Send(report with { Claim = claim with { Offer = known, Remaining = TimeSpan.FromSeconds(7) } });

        Assert.Equal((OfferVerdict.None, 1L), (answer.Verdict, answer.Number));
        Assert.Equal((BreakerState.Open, known.Generation, 1L), (rig.State, rig.Details.Generation, rig.Details.Totals.Rejected));
        Assert.Equal(TimeSpan.FromSeconds(7), rig.Details.Remaining);
    }

    [Fact]
    public void C7_nothing_without_a_valid_seal_is_adopted()
    {
        var dead = new AuthorityRig();
        new WorkerRig(dead).Fail();
        var good = dead.Snapshot();
        ImmutableArray<BreakerSnapshot> forged =
        [
            good with { Seal = [] },
            good with { Seal = default },
            good with { State = BreakerState.ForcedOpen },
            good with { CommandNumber = 99 },
            good with { Component = "other" },
            good with { Generation = good.Generation with { Number = 1_000_000 } },
            good with { Hold = new OperatorHold(TimeSpan.MaxValue, DateTimeOffset.MaxValue) },
            good with { Lineage = Lineage.Initial },
            good with { LastTransition = good.LastTransition! with { Actor = "nobody" } },
        ];

        foreach (var offer in forged)
        {
            var rig = new AuthorityRig();
            var answer = rig.Attach(new BreakerClaim { Generation = offer.Generation, Offer = offer });

            Assert.Equal((OfferVerdict.Refused, BreakerState.Closed), (answer.Verdict, rig.State));
            Assert.NotNull(answer.Snapshot);
        }
    }

    [Fact]
    public void Hostile_numbers_are_clamped()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 5 });
        var worker = new WorkerRig(rig);
        var hostile = new OutcomeTally
        {
            Counts = new() { Successes = long.MinValue, Failures = -1, Ignored = long.MaxValue, Rejected = long.MaxValue, Slow = -5, TotalDuration = TimeSpan.MinValue, TimedCalls = long.MaxValue },
            FirstRun = long.MaxValue,
            LastRun = long.MinValue,
            LongestRun = long.MaxValue,
        };

        worker.Send(worker.Make(hostile) with { Worker = new string('x', 10_000) + "\r\n" });
        worker.Send(worker.Make(OutcomeTally.Failure) with { Worker = null!, Tallies = default, Probes = default, Claim = null! });
        worker.Send(worker.Make(OutcomeTally.Failure, null, null, null!, new ProbeOutcome { Result = (ProbeResult)77, PermitId = long.MinValue }));
        worker.Send(worker.Make(OutcomeTally.Failure) with { Tallies = [null!, new GenerationTally { Tally = null! }] });

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.InRange(rig.Details.Totals.Ignored, 0, 2_000_000_000);
        Assert.Equal(0, rig.Details.Totals.Successes);
    }

    [Fact]
    public void A_run_cannot_be_longer_than_its_failures()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 5 });
        var worker = new WorkerRig(rig);

        worker.Send(worker.Make(new OutcomeTally { Counts = new() { Failures = 1, Successes = 1 }, FirstRun = 100, LastRun = 100, LongestRun = 100 }));

        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void C4_a_silent_session_is_remembered_for_longer_than_any_report_is_retried()
    {
        var rig = new AuthorityRig();
        var worker = new WorkerRig(rig);
        worker.Succeed();
        Assert.Single(Row().Sessions);

        rig.Clock.Pass(SessionLimits.ReportRetries.TotalSeconds + 60);
        rig.Core.Advance(rig.Clock.Now);
        new WorkerRig(rig, "other").Succeed();
        Assert.Contains(Row().Sessions, session => session.Id == worker.Session);
        rig.Clock.Pass((SessionLimits.ReportRetries * 1.2).TotalSeconds);
        rig.Core.Advance(rig.Clock.Now);
        new WorkerRig(rig, "third").Succeed();

        Assert.DoesNotContain(Row().Sessions, session => session.Id == worker.Session);

        Grains.Authority.StoredBreaker Row()
        {
            rig.Clock.Pass(30);
            return rig.Store();
        }
    }
}
