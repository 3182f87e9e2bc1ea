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
    public void S4_an_authority_that_should_have_spoken_by_now_is_asked()
    {
        var rig = new MirrorRig(new BreakerSettings { OpenDuration = TimeSpan.FromSeconds(10) });
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

    [Theory]
    [InlineData(BreakerState.Open, 10)]
    [InlineData(BreakerState.HalfOpen, 3)]
    public void S4_an_authority_is_asked_again_each_renewal_while_it_says_no_more(BreakerState state, double expected)
    {
        var rig = new MirrorRig(new BreakerSettings { OpenDuration = TimeSpan.FromSeconds(10), ProbeLease = TimeSpan.FromSeconds(3) });
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
    public void A_worker_that_stops_reports_what_is_left_at_once()
    {
        _rig.Record("ss");
        _rig.Core.Flush(_rig.Now);
        Assert.False(_rig.Core.IsFlushed);

        _rig.Answer(_rig.MustReport());

        Assert.True(_rig.Core.IsFlushed);
    }
}
