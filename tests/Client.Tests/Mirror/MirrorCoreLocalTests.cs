using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>C8: a worker that the cluster does not answer runs the same rules for itself.</summary>
public sealed class MirrorCoreLocalTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(10), SuccessThreshold = 1 };

    private readonly MirrorRig _rig = new(Settings);

    [Fact]
    public void C8_a_worker_that_never_reached_a_silo_is_protected_by_the_settings_it_was_given()
    {
        var rig = new MirrorRig(Settings, connected: false);
        Assert.Equal(BreakerMode.Starting, rig.Core.Mode);
        rig.Record("fff");
        Assert.Equal(BreakerState.Open, rig.State);
        rig.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(BreakerState.HalfOpen, rig.State);

        var permit = rig.Core.TakeLocalPermit(rig.Now)!;
        rig.Core.Settle(new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Success }, local: true, rig.Now);

        Assert.Equal((BreakerState.Closed, BreakerMode.Starting), (rig.State, rig.Core.Mode));
    }

    [Fact]
    public void C8_a_report_that_stays_unanswered_for_one_renewal_makes_the_worker_decide_alone()
    {
        _rig.Record("f");
        _rig.MustReport();
        _rig.Pass(MirrorRig.Renewal - TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
        Assert.Equal(_rig.Now.Elapsed + TimeSpan.FromMilliseconds(1), _rig.Core.NextWake);
        _rig.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);
    }

    [Fact]
    public void C8_it_starts_from_the_mirror_and_every_outcome_that_is_not_acknowledged()
    {
        _rig.Record("f");
        _rig.Answer(_rig.MustReport());
        _rig.Record("f");
        _rig.MustReport();
        _rig.Record("f");
        Assert.Equal(BreakerState.Closed, _rig.State);

        _rig.Pass(MirrorRig.Renewal);

        Assert.Equal((BreakerMode.Local, BreakerState.Open), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void C8_an_open_breaker_goes_on_with_the_time_that_remained()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));
        _rig.Pass(TimeSpan.FromSeconds(6));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        Assert.Equal((BreakerMode.Local, BreakerState.Open), (_rig.Core.Mode, _rig.State));
        _rig.Pass(TimeSpan.FromSeconds(4) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerState.Open, _rig.State);
        _rig.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(BreakerState.HalfOpen, _rig.State);
    }

    [Fact]
    public void C8_a_forced_state_goes_on_without_its_authority()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.ForcedOpen, 1, command: 1));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        _rig.Pass(TimeSpan.FromHours(1));
        Assert.Equal((BreakerMode.Local, BreakerState.ForcedOpen), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void C8_on_return_the_clusters_state_wins_and_local_outcomes_enter_the_totals_only()
    {
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        _rig.Record("fff");
        Assert.Equal(BreakerState.Open, _rig.State);
        _rig.Core.Flush(_rig.Now);
        var report = _rig.MustReport();
        Assert.All(report.Tallies, tally => Assert.True(tally.Local));
        _rig.Core.RenewalIsOverdue(false, _rig.Now);
        _rig.Answer(report);

        Assert.Equal((BreakerMode.Connected, BreakerState.Closed), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void C8_the_clusters_first_word_ends_local_mode_at_once()
    {
        var rig = new MirrorRig(Settings, connected: false);

        rig.Hear(rig.Snapshot(BreakerState.Closed, 0));

        Assert.Equal(BreakerMode.Connected, rig.Core.Mode);
    }

    [Theory]
    [InlineData("record")]
    [InlineData("settle")]
    [InlineData("report failed")]
    [InlineData("permit failed")]
    [InlineData("local permit")]
    [InlineData("permit request")]
    public void C8_whatever_comes_first_after_a_renewal_of_silence_finds_the_worker_alone(string what)
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 2));
        _rig.Record("f");
        var report = _rig.MustReport();
        var request = what == "permit failed" ? _rig.Core.TakePermitRequest(_rig.Now)! : null;
        _rig.Jump(MirrorRig.Renewal);
        switch (what)
        {
            case "record":
                _rig.Record("r");
                break;
            case "settle":
                _rig.Core.Settle(new ProbeOutcome { PermitId = 1, Generation = _rig.Core.Generation }, local: false, _rig.Now);
                break;
            case "report failed":
                _rig.Core.ReportFailed(report, _rig.Now);
                break;
            case "permit failed":
                _rig.Core.PermitFailed(request!, _rig.Now);
                break;
            case "local permit":
                Assert.NotNull(_rig.Core.TakeLocalPermit(_rig.Now));
                break;
            default:
                Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
                break;
        }

        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);
    }

    [Fact]
    public void C8_a_worker_that_decides_alone_asks_nobody_for_a_permit()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);

        Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
    }

    [Fact]
    public void C8_an_answer_to_a_permit_request_ends_the_silence_at_once()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        _rig.Pass(MirrorRig.Renewal);
        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);

        _rig.Core.PermitAnswered(request, new PermitAnswer { Number = request.Number }, _rig.Now);

        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
    }

    [Fact]
    public void C8_a_worker_that_decides_alone_wakes_for_its_own_rules_and_not_for_the_silence()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Open, 1));
        _rig.Record("r");
        _rig.Core.Flush(_rig.Now);
        _rig.MustReport();
        _rig.Pass(MirrorRig.Renewal);
        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);
        Assert.Equal(TimeSpan.FromSeconds(10), _rig.Core.NextWake);

        _rig.Pass(TimeSpan.FromSeconds(8));

        Assert.Equal(BreakerState.HalfOpen, _rig.State);
        Assert.Null(_rig.Core.NextWake);
    }

    [Fact]
    public void C8_calls_are_admitted_by_the_generation_of_whoever_decides()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        _rig.Record("fff");

        Assert.Equal((3L, 2L), (_rig.Core.Generation.Number, _rig.Core.Cluster.Generation.Number));
    }

    [Fact]
    public void C8_a_forced_state_with_a_ttl_ends_without_its_authority_when_that_is_over()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.ForcedOpen, 1, command: 1) with
        {
            Remaining = TimeSpan.FromSeconds(60),
            Hold = new OperatorHold(TimeSpan.FromMinutes(10), _rig.Now.Utc.AddHours(-1)),
        });
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        _rig.Pass(TimeSpan.FromSeconds(59.9));
        Assert.Equal(BreakerState.ForcedOpen, _rig.State);
        _rig.Pass(TimeSpan.FromSeconds(0.1));

        Assert.Equal(BreakerState.Closed, _rig.State);
    }

    [Fact]
    public void C8_only_acknowledged_failures_of_the_generation_in_force_go_on_in_the_local_run()
    {
        var old = _rig.Core.Generation;
        _rig.Record("ff");
        _rig.Answer(_rig.MustReport());
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Record("ff", old, local: false);
        _rig.Answer(_rig.MustReport());
        _rig.Record("ff", local: true);
        _rig.Core.Flush(_rig.Now);
        _rig.Answer(_rig.MustReport());
        _rig.Record("f");

        _rig.Core.RenewalIsOverdue(true, _rig.Now);

        Assert.Equal((BreakerMode.Local, BreakerState.Closed), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void S19_a_refused_breaker_is_not_run_locally()
    {
        _rig.Refuse();

        _rig.Core.RenewalIsOverdue(true, _rig.Now);

        Assert.False(_rig.Core.IsLocal);
    }

    [Fact]
    public void C2_a_local_probe_and_its_outcome_are_reported_at_the_flush_interval_with_what_was_measured()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        var permit = _rig.Core.TakeLocalPermit(_rig.Now)!;
        Assert.Equal(1, Single(Flushed()).LocalProbes);

        Settle(new ProbeOutcome { Result = ProbeResult.Success, Slow = true, Duration = TimeSpan.FromSeconds(3) });
        var measured = Single(Flushed()).Tally;
        Assert.Equal((1L, 1L, 1L, TimeSpan.FromSeconds(3)), (measured.Successes, measured.Counts.Slow, measured.Counts.TimedCalls, measured.Counts.TotalDuration));

        Settle(new ProbeOutcome { Result = ProbeResult.Ignored });
        Assert.Equal(OutcomeTally.IgnoredCall, Single(Flushed()).Tally);
        Settle(new ProbeOutcome { Result = ProbeResult.Unused });
        Assert.True(_rig.Core.IsFlushed);

        void Settle(ProbeOutcome outcome) => _rig.Core.Settle(outcome with { PermitId = permit.Id, Generation = permit.Generation }, local: true, _rig.Now);

        static GenerationTally Single(WorkerReport report) => Assert.Single(report.Tallies);

        WorkerReport Flushed()
        {
            Assert.Null(_rig.Report());
            _rig.Jump(_rig.Core.FlushInterval - TimeSpan.FromTicks(1));
            Assert.Null(_rig.Report());
            _rig.Jump(TimeSpan.FromTicks(1));
            var report = _rig.MustReport();
            _rig.Answer(report);
            return report;
        }
    }

    [Fact]
    public void C7_a_local_state_is_never_offered()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 2));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        _rig.Record("fff");

        var claim = _rig.Core.Claim(_rig.Now, offer: true);

        Assert.Equal((2L, BreakerState.Closed), (claim.Generation.Number, claim.Offer!.State));
    }

    [Fact]
    public void C8_a_permit_request_that_stays_unanswered_makes_the_worker_decide_alone_and_is_given_up_when_it_fails()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
        _rig.Pass(MirrorRig.Renewal);
        Assert.Equal((BreakerMode.Local, BreakerState.HalfOpen), (_rig.Core.Mode, _rig.State));

        _rig.Core.PermitFailed(request, _rig.Now);

        Assert.Equal(request.Number, _rig.MustReport().Permits.Abandoned);
    }

    [Fact]
    public void C8_after_a_permit_request_failed_the_worker_decides_alone_until_the_authority_answers_something()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;
        _rig.Pass(MirrorRig.Renewal);
        _rig.Core.PermitFailed(request, _rig.Now);
        Assert.Equal(BreakerMode.Local, _rig.Core.Mode);

        _rig.Answer(_rig.MustReport());

        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
    }

    [Fact]
    public void C8_local_probes_are_counted_and_their_outcomes_are_not_lost_when_the_cluster_answers_meanwhile()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 2, freeProbes: 1));
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        var permit = _rig.Core.TakeLocalPermit(_rig.Now)!;
        Assert.Null(_rig.Core.TakeLocalPermit(_rig.Now));
        _rig.Core.RenewalIsOverdue(false, _rig.Now);
        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
        _rig.Core.Settle(new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Failure }, local: true, _rig.Now);
        _rig.Core.Flush(_rig.Now);

        var tally = Assert.Single(_rig.MustReport().Tallies);

        Assert.Equal((true, 1L, 1L), (tally.Local, tally.LocalProbes, tally.Tally.Failures));
        Assert.Equal(BreakerState.HalfOpen, _rig.State);
    }
}
