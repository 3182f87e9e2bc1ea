namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>C12: a worker whose own run reaches the threshold admits no further call until its report is answered. C13: what is late.</summary>
public sealed class MirrorCoreHoldTests
{
    private readonly MirrorRig _rig = new(new BreakerSettings { FailureThreshold = 3 });

    [Fact]
    public void C12_below_the_threshold_nothing_is_held()
    {
        _rig.Record("ff");
        Assert.False(_rig.Core.IsHeld);
        _rig.Record("s");
        _rig.Record("ff");
        Assert.False(_rig.Core.IsHeld);
    }

    [Fact]
    public void C12_a_run_that_reaches_the_threshold_holds_until_its_report_is_answered()
    {
        _rig.Record("ff");
        var first = _rig.MustReport();
        _rig.Record("f");
        Assert.True(_rig.Core.IsHeld);

        _rig.Answer(first);
        Assert.True(_rig.Core.IsHeld);

        _rig.Answer(_rig.MustReport());
        Assert.False(_rig.Core.IsHeld);
    }

    [Fact]
    public void C12_where_the_answer_says_closed_the_next_failure_holds_again()
    {
        _rig.Record("fff");
        _rig.Answer(_rig.MustReport());

        _rig.Record("f");

        Assert.True(_rig.Core.IsHeld);
    }

    [Fact]
    public void C12_a_report_that_fails_goes_on_holding_until_the_worker_decides_alone()
    {
        _rig.Record("fff");
        var report = _rig.MustReport();
        _rig.Pass(MirrorRig.Renewal / 2);
        _rig.Core.ReportFailed(report, _rig.Now);
        Assert.True(_rig.Core.IsHeld);

        _rig.Pass(MirrorRig.Renewal / 2);

        Assert.Equal((false, BreakerMode.Local, BreakerState.Open), (_rig.Core.IsHeld, _rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void C12_an_answer_that_opens_ends_the_hold()
    {
        _rig.Record("fff");
        var report = _rig.MustReport();

        _rig.Answer(report, _rig.Snapshot(BreakerState.Open, 1));

        Assert.Equal((false, BreakerState.Open), (_rig.Core.IsHeld, _rig.State));
    }

    [Fact]
    public void C12_a_success_of_a_call_under_way_ends_the_hold()
    {
        _rig.Record("fff");

        _rig.Record("s");

        Assert.False(_rig.Core.IsHeld);
    }

    [Theory]
    [InlineData(BreakerState.ForcedClosed)]
    [InlineData(BreakerState.HalfOpen)]
    public void C12_only_closed_holds(BreakerState state)
    {
        _rig.Hear(_rig.Snapshot(state, 1));

        _rig.Record("fff");

        Assert.Equal((false, null), (_rig.Core.IsHeld, _rig.Core.HoldsFrom));
    }

    [Fact]
    public void C8_a_run_of_failures_from_before_a_refusal_trips_nothing_after_it()
    {
        _rig.Record("ff");
        _rig.Answer(_rig.MustReport());
        _rig.Refuse();
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 0, revision: 1));

        _rig.Record("f");
        Assert.False(_rig.Core.IsHeld);
        _rig.Core.RenewalIsOverdue(true, _rig.Now);

        Assert.Equal((BreakerMode.Local, BreakerState.Closed), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void C12_where_breakers_are_switched_off_nothing_is_held()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 1) with { Policy = _rig.Policy with { Enabled = false } });

        _rig.Record("fff");

        Assert.False(_rig.Core.IsHeld);
    }

    [Fact]
    public void C13_what_was_counted_before_the_worker_heard_of_the_transition_is_not_late_and_what_ended_later_is()
    {
        _rig.Record("ss");
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));
        _rig.Record("s", Generation.Initial, retired: false);
        _rig.Record("f", Generation.Initial, retired: true);

        var tallies = _rig.MustReport().Tallies;

        Assert.Equal([(false, 3L, 0L), (true, 0L, 1L)], tallies.Select(tally => (tally.Late, tally.Tally.Successes, tally.Tally.Failures)));
    }

    [Fact]
    public void C13_a_call_that_outlives_a_change_of_who_decides_is_not_late_in_the_same_generation()
    {
        _rig.Core.RenewalIsOverdue(true, _rig.Now);

        _rig.Record("f", Generation.Initial, local: false, retired: true);

        Assert.All(_rig.MustReport().Tallies, tally => Assert.False(tally.Late));
    }

    [Fact]
    public void C13_a_local_outcome_is_never_late()
    {
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        _rig.Record("s", new Generation(7, Guid.NewGuid()), local: true, retired: true);
        _rig.Core.Flush(_rig.Now);

        Assert.All(_rig.MustReport().Tallies, tally => Assert.Equal((true, false), (tally.Local, tally.Late)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void C13_a_probe_is_late_if_it_ended_after_its_worker_had_heard_of_the_next_generation(bool heard)
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 1, freeProbes: 1));
        var permit = new ProbePermit(1, _rig.Core.Generation, TimeSpan.FromSeconds(30));
        if (heard)
        {
            _rig.Hear(_rig.Snapshot(BreakerState.Open, 2));
        }

        _rig.Core.Settle(new ProbeOutcome { PermitId = 1, Generation = permit.Generation, Result = ProbeResult.Failure }, local: false, _rig.Now);

        Assert.Equal(heard, Assert.Single(_rig.MustReport().Probes).Late);
    }
}
