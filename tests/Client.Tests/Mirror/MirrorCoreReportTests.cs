using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>C2–C4: what a worker reports, when, and how often.</summary>
public sealed class MirrorCoreReportTests
{
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(5);

    private readonly MirrorRig _rig = new(new BreakerSettings { FailureThreshold = 100 });

    [Fact]
    public void C2_a_failure_is_reported_at_once_successes_wait()
    {
        _rig.Record("sss");
        Assert.Null(_rig.Report());
        _rig.Record("f");

        var report = _rig.MustReport();

        Assert.Equal((1L, 3L, 1L), (report.Number, report.Tallies[0].Tally.Successes, report.Tallies[0].Tally.Failures));
    }

    [Fact]
    public void C2_successes_alone_are_reported_when_the_flush_interval_is_over()
    {
        _rig.Record("ss");
        _rig.Pass(Flush - TimeSpan.FromMilliseconds(1));
        Assert.Null(_rig.Report());
        _rig.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, _rig.MustReport().Tallies[0].Tally.Successes);
    }

    [Fact]
    public void A_worker_presents_itself_to_the_authority_when_it_first_hears_of_the_cluster_and_never_again()
    {
        var rig = new MirrorRig(connected: false);
        Assert.Null(rig.Report());
        rig.Hear(rig.Snapshot(BreakerState.Closed, 0));
        rig.SayHello();
        rig.Hear(rig.Snapshot(BreakerState.Open, 1));
        Assert.Null(rig.Report());
    }

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(60, 1)]
    public void C2_with_a_rate_rule_they_are_flushed_every_quarter_of_the_window_and_at_least_every_second(double window, double expected)
    {
        var rig = new MirrorRig(new BreakerSettings { FailureRateThreshold = 0.5, Window = TimeSpan.FromSeconds(window) });

        Assert.Equal(TimeSpan.FromSeconds(expected), rig.Core.FlushInterval);
    }

    [Fact]
    public void C2_at_most_one_report_is_in_flight_what_happens_meanwhile_rides_in_the_next()
    {
        _rig.Record("f");
        var first = _rig.MustReport();
        _rig.Record("ff");
        _rig.Record("s");
        Assert.Null(_rig.Report());

        _rig.Answer(first);

        var second = _rig.MustReport();
        Assert.Equal((2L, 2L, 1L), (second.Number, second.Tallies[0].Tally.Failures, second.Tallies[0].Tally.Successes));
    }

    [Fact]
    public void C2_the_success_that_ends_a_reported_run_is_reported_at_once()
    {
        _rig.Record("f");
        _rig.Answer(_rig.MustReport());
        _rig.Record("s");
        _rig.Answer(_rig.MustReport());
        _rig.Record("s");
        Assert.Null(_rig.Report());
    }

    [Fact]
    public void C4_a_report_without_an_answer_is_sent_again_the_same_to_the_letter()
    {
        _rig.Record("fs");
        var first = _rig.MustReport();
        _rig.Record("f");
        _rig.Core.ReportFailed(first, _rig.Now);
        Assert.Null(_rig.Report());
        _rig.Pass(TimeSpan.FromMilliseconds(100));

        var again = _rig.MustReport();

        Assert.Equal((first.Number, first.Session), (again.Number, again.Session));
        Assert.Equal(first.Tallies, again.Tallies);
        _rig.Answer(again);
        Assert.Equal((2L, 1L), (_rig.MustReport() is var next ? next.Number : 0, next.Tallies[0].Tally.Failures));
    }

    [Fact]
    public void S8_outcomes_of_an_older_generation_are_reported_apart_from_those_of_the_current_one()
    {
        _rig.Record("s");
        var old = _rig.Core.Generation;
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));
        _rig.Record("rr");
        _rig.Record("f", old, local: false);

        var report = _rig.MustReport();

        Assert.Equal([old, _rig.Core.Generation], report.Tallies.Select(tally => tally.Generation));
        Assert.Equal((1L, 1L, 2L), (report.Tallies[0].Tally.Successes, report.Tallies[0].Tally.Failures, report.Tallies[1].Tally.Counts.Rejected));
    }

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
    public void C7_a_report_that_the_authority_wants_with_the_snapshot_is_repeated_with_it_and_not_lost()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Record("f");
        var first = _rig.MustReport();
        _rig.Answer(first, verdict: OfferVerdict.Wanted);

        var again = _rig.MustReport();

        Assert.Equal((first.Number, 2L), (again.Number, again.Claim.Offer!.Generation.Number));
        Assert.Equal(first.Tallies, again.Tallies);
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
        var rig = new MirrorRig(new BreakerSettings { Timeout = TimeSpan.FromSeconds(30) });
        rig.Hear(rig.Snapshot(BreakerState.Open, 1));
        rig.Pass(TimeSpan.FromSeconds(12));

        Assert.Equal(TimeSpan.FromSeconds(18), rig.Core.Claim(rig.Now).Remaining);
        Assert.Equal(TimeSpan.FromSeconds(18), rig.Core.Snapshot(rig.Now).Remaining);
    }

    [Fact]
    public void S4_an_authority_that_should_have_spoken_by_now_is_asked()
    {
        var rig = new MirrorRig(new BreakerSettings { Timeout = TimeSpan.FromSeconds(10) });
        rig.Hear(rig.Snapshot(BreakerState.Open, 1));
        rig.Pass(TimeSpan.FromSeconds(10) + MirrorRig.Renewal - TimeSpan.FromMilliseconds(1));
        Assert.Null(rig.Report());
        rig.Pass(TimeSpan.FromMilliseconds(1));

        var question = rig.MustReport();

        Assert.Equal((0L, 0, 0), (question.Number, question.Tallies.Length, question.Probes.Length));
        rig.Answer(question, rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        Assert.Equal(BreakerState.HalfOpen, rig.State);
    }

    [Fact]
    public void S19_a_refused_breaker_reports_nothing_until_the_cluster_has_it()
    {
        _rig.Record("f");
        _rig.Core.Hear(new BreakerUpdate { Component = "pgmq", Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, _rig.Now);
        Assert.Equal((BreakerMode.Refused, "full"), (_rig.Core.Mode, _rig.Core.Refusal!.Message));
        _rig.Record("f");
        Assert.Null(_rig.Report());
        Assert.True(_rig.Core.IsFlushed);

        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));

        Assert.Equal((BreakerMode.Connected, null), (_rig.Core.Mode, _rig.Core.Refusal));
        _rig.Record("f");
        Assert.NotNull(_rig.Report());
    }

    [Fact]
    public void S19_a_refusal_ends_with_the_clusters_first_word_even_if_it_is_of_the_same_generation()
    {
        var rig = new MirrorRig(connected: false);
        rig.Core.Hear(new BreakerUpdate { Component = "pgmq", Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, rig.Now);

        rig.Hear(rig.Snapshot(BreakerState.Closed, 0) with { Policy = new BreakerPolicy { Version = 8 } });

        Assert.Equal((BreakerMode.Connected, 8L), (rig.Core.Mode, rig.Core.Cluster.Policy.Version));
    }

    [Fact]
    public void S19_a_refused_breaker_is_woken_for_nothing_but_to_ask_whether_it_still_is()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 2));
        _rig.Record("r");
        _rig.Core.Hear(new BreakerUpdate { Component = "pgmq", Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, _rig.Now);

        Assert.Equal(_rig.Now.Elapsed + TimeSpan.FromSeconds(20), _rig.Core.NextWake);
    }

    [Fact]
    public void S18_a_worker_that_hears_of_the_cluster_by_a_report_first_asks_for_its_settings()
    {
        var rig = new MirrorRig(connected: false);
        rig.Record("f");
        rig.Core.Flush(rig.Now);
        Assert.Equal(-1, rig.MustReport().Claim.Revision);
        rig.Hear(rig.Snapshot(BreakerState.Closed, 0, revision: 5));
        Assert.Equal(5, rig.Core.Claim(rig.Now).Revision);
    }

    [Fact]
    public void C4_a_report_is_dropped_when_an_authority_might_have_forgotten_that_it_counted_it()
    {
        _rig.Record("f");
        var report = _rig.MustReport();
        _rig.Pass(SessionLimits.ReportRetries - TimeSpan.FromSeconds(1));
        Assert.False(_rig.Core.ReportFailed(report, _rig.Now));
        _rig.Pass(TimeSpan.FromSeconds(10));
        report = _rig.MustReport();
        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);
        Assert.True(_rig.Core.ReportFailed(report, _rig.Now));
        Assert.True(_rig.Core.IsFlushed);
        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);

        _rig.Answer(_rig.MustReport());

        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
    }

    [Fact]
    public void An_answer_to_a_report_that_was_dropped_with_a_refusal_acknowledges_no_other()
    {
        _rig.Record("f");
        var old = _rig.MustReport();
        _rig.Core.Hear(new BreakerUpdate { Component = "pgmq", Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, _rig.Now);
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Record("f");
        var current = _rig.MustReport();

        _rig.Answer(old);

        Assert.False(_rig.Core.IsFlushed);
        _rig.Answer(current);
        Assert.True(_rig.Core.IsFlushed);
    }

    [Fact]
    public void C2_successes_ask_to_be_woken_when_the_flush_interval_is_over()
    {
        _rig.Record("s");

        Assert.Equal(_rig.Now.Elapsed + Flush, _rig.Core.NextWake);
    }

    [Theory]
    [InlineData("i")]
    [InlineData("r")]
    public void C2_what_does_not_end_a_reported_run_waits(string outcomes)
    {
        _rig.Record("f");
        _rig.Answer(_rig.MustReport());

        _rig.Record(outcomes);

        Assert.Null(_rig.Report());
    }

    [Fact]
    public void C2_a_run_is_of_one_generation_whatever_its_revision()
    {
        _rig.Record("f");
        _rig.Answer(_rig.MustReport());
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 0, revision: 1));
        _rig.Record("s");
        _rig.Answer(_rig.MustReport());

        _rig.Record("f");
        _rig.Answer(_rig.MustReport());
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Record("s");
        Assert.Null(_rig.Report());
    }

    [Fact]
    public void C2_a_late_failure_begins_no_run_that_a_success_could_end()
    {
        var old = _rig.Core.Generation;
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Record("f", old, local: false);
        _rig.Answer(_rig.MustReport());

        _rig.Record("s");

        Assert.Null(_rig.Report());
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

    [Theory]
    [InlineData(BreakerState.Open, 10)]
    [InlineData(BreakerState.HalfOpen, 3)]
    public void S4_an_authority_is_asked_again_each_renewal_while_it_says_no_more(BreakerState state, double expected)
    {
        var rig = new MirrorRig(new BreakerSettings { Timeout = TimeSpan.FromSeconds(10), ProbeLease = TimeSpan.FromSeconds(3) });
        rig.Hear(rig.Snapshot(state, 1));
        Assert.Equal(TimeSpan.FromSeconds(expected) + MirrorRig.Renewal, rig.Core.NextWake);

        rig.Jump(TimeSpan.FromSeconds(expected) + MirrorRig.Renewal);
        rig.Answer(rig.MustReport());
        Assert.Equal(rig.Now.Elapsed + MirrorRig.Renewal, rig.Core.NextWake);
        Assert.Null(rig.Report());
        rig.Jump(MirrorRig.Renewal);
        Assert.NotNull(rig.Report());
    }

    [Fact]
    public void S19_a_refusal_may_come_with_a_report_answer()
    {
        _rig.Record("f");
        var report = _rig.MustReport();

        _rig.Core.ReportAnswered(report, new ReportAnswer { Number = report.Number, Refusal = new BreakerRefusal(RefusalKind.NotConfigured, "no") }, _rig.Now);

        Assert.Equal((BreakerMode.Refused, "no"), (_rig.Core.Mode, _rig.Core.Refusal!.Message));
        Assert.True(_rig.Core.IsFlushed);
    }

    [Fact]
    public void S19_a_refused_breaker_is_asked_about_now_and_then_because_the_hub_may_not_know_that_it_is_refused()
    {
        _rig.Record("f");
        RefuseReport(_rig.MustReport());
        _rig.Pass(TimeSpan.FromSeconds(19.9));
        Assert.Null(_rig.Report());

        _rig.Pass(TimeSpan.FromSeconds(0.1));
        var asked = _rig.MustReport();
        Assert.Equal((0, -1), (asked.Number, asked.Claim.Revision));
        RefuseReport(asked);
        _rig.Refuse();
        _rig.Pass(TimeSpan.FromSeconds(20));
        _rig.Answer(_rig.MustReport(), _rig.Snapshot(BreakerState.Closed, 0));

        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
    }

    [Fact]
    public void C4_report_numbers_go_on_after_a_refusal()
    {
        // The authority may have counted reports of this session, or may still get one: a number that is used again would pass for a repeat.
        _rig.Record("f");
        var counted = _rig.MustReport();
        _rig.Answer(counted);
        _rig.Record("f");
        var dropped = _rig.MustReport();
        RefuseReport(dropped);

        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 0, revision: 1));
        _rig.Record("f");
        var next = _rig.MustReport();

        Assert.Equal((1, 2, 3), (counted.Number, dropped.Number, next.Number));
        Assert.Equal(1, Assert.Single(next.Tallies).Tally.Failures);
    }

    [Fact]
    public void S19_after_a_refusal_only_news_that_is_not_older_is_taken()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 3));
        _rig.Refuse();

        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1));
        Assert.Equal(BreakerState.Open, _rig.State);
        _rig.Refuse();
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 3));

        Assert.Equal((BreakerMode.Connected, BreakerState.Open), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void S19_a_refused_breaker_says_nothing_for_a_while_though_a_request_fails_or_a_probe_ends()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        _rig.Refuse();
        _rig.Core.Settle(new ProbeOutcome { PermitId = 1, Generation = _rig.Core.Generation }, local: false, _rig.Now);
        Assert.True(_rig.Core.IsFlushed);

        _rig.Core.PermitFailed(request, _rig.Now);

        Assert.Equal(_rig.Now.Elapsed + TimeSpan.FromSeconds(20), _rig.Core.NextWake);
        Assert.Null(_rig.Report());
    }

    [Fact]
    public void A_worker_that_stops_reports_what_is_left_at_once()
    {
        _rig.Record("ss");
        _rig.Core.Flush(_rig.Now);
        Assert.False(_rig.Core.IsFlushed);

        _rig.Answer(_rig.MustReport());

        Assert.True(_rig.Core.IsFlushed);
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

    private void RefuseReport(WorkerReport report) => _rig.Core.ReportAnswered(
        report, new ReportAnswer { Number = report.Number, Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, _rig.Now);
}
