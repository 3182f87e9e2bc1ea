using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>S19: a breaker that the cluster refuses.</summary>
public sealed class MirrorCoreRefusalTests
{
    private readonly MirrorRig _rig = new(new BreakerSettings { FailureThreshold = 100 });

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

    private void RefuseReport(WorkerReport report) => _rig.Core.ReportAnswered(
        report, new ReportAnswer { Number = report.Number, Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, _rig.Now);
}
