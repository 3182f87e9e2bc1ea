using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>S25a: an isolated worker runs its own circuit until the cluster ends the isolation.</summary>
public sealed class MirrorCoreIsolationTests
{
    private static readonly BreakerSettings Settings = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(10), SuccessThreshold = 2 };

    private readonly MirrorRig _rig = new(Settings);

    [Fact]
    public void S25a_the_own_circuit_opens_when_the_cluster_isolates_this_worker_and_that_is_reported_at_once()
    {
        Isolate();

        Assert.Equal((BreakerMode.Isolated, BreakerState.Open), (_rig.Core.Mode, _rig.State));
        var report = _rig.MustReport();
        Assert.Equal((BreakerState.Open, 1L), (report.OwnCircuit, report.Number));
    }

    [Fact]
    public void S25a_the_isolation_of_another_worker_changes_nothing_here()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.Closed, 3) with { IsolatedWorker = "w", IsolatedKey = _rig.Run.Key + 1 });

        Assert.Equal((BreakerMode.Connected, BreakerState.Closed), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void S25a_every_flush_confirms_that_the_worker_is_still_there()
    {
        Isolate();
        _rig.Answer(_rig.MustReport());
        Assert.Null(_rig.Report());

        _rig.Pass(_rig.Core.FlushInterval);

        var confirmation = _rig.MustReport();
        Assert.Equal((BreakerState.Open, 2L, true), (confirmation.OwnCircuit, confirmation.Number, confirmation.Tallies.IsEmpty));
    }

    [Fact]
    public void S25a_what_the_own_circuit_admits_enters_the_totals_only()
    {
        Isolate();
        _rig.Answer(_rig.MustReport());
        _rig.Pass(Settings.OpenDuration);
        var permit = _rig.Core.TakeLocalPermit(_rig.Now)!;
        _rig.Record("rr");
        _rig.Core.Settle(new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Failure }, local: true, _rig.Now);

        Assert.Equal(BreakerState.Open, _rig.State);
        _rig.Core.Flush(_rig.Now);
        var tally = Assert.Single(_rig.MustReport().Tallies);
        Assert.Equal((true, 1L, 2L, 1L), (tally.Local, tally.Tally.Failures, tally.Tally.Counts.Rejected, tally.LocalProbes));
    }

    [Fact]
    public void S25a_it_probes_by_itself_and_reports_that_its_own_circuit_has_closed()
    {
        Isolate();
        CloseOwnCircuit();

        Assert.Equal((BreakerMode.Isolated, BreakerState.Closed), (_rig.Core.Mode, _rig.State));
        var report = _rig.MustReport();
        Assert.Equal(BreakerState.Closed, report.OwnCircuit);

        _rig.Answer(report, _rig.Snapshot(BreakerState.Closed, 4));
        Assert.Equal(BreakerMode.Connected, _rig.Core.Mode);
        _rig.Record("f");
        Assert.Null(_rig.MustReport().OwnCircuit);
    }

    [Fact]
    public void S25a_while_the_cluster_is_silent_the_own_circuit_goes_on()
    {
        Isolate();
        _rig.Pass(TimeSpan.FromSeconds(4));

        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        Assert.Equal((BreakerMode.Local, BreakerState.Open), (_rig.Core.Mode, _rig.State));
        Assert.Equal(TimeSpan.FromSeconds(6), _rig.Core.Snapshot(_rig.Now).Remaining);

        _rig.Core.RenewalIsOverdue(false, _rig.Now);
        Assert.Equal((BreakerMode.Isolated, BreakerState.Open), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void S25a_a_worker_that_was_alone_takes_the_isolation_that_it_hears_of()
    {
        _rig.Core.RenewalIsOverdue(true, _rig.Now);
        Isolate();
        Assert.Equal((BreakerMode.Local, BreakerState.Open), (_rig.Core.Mode, _rig.State));
    }

    [Fact]
    public void S25a_when_the_cluster_opens_the_own_circuit_is_over()
    {
        Isolate();

        _rig.Hear(_rig.Snapshot(BreakerState.Open, 4));

        Assert.Equal((BreakerMode.Connected, BreakerState.Open, false), (_rig.Core.Mode, _rig.State, _rig.Core.IsIsolated));
    }

    [Fact]
    public void S25a_a_second_isolation_opens_the_own_circuit_anew()
    {
        Isolate();
        CloseOwnCircuit();

        Isolate(generation: 5);

        Assert.Equal((BreakerState.Open, Settings.OpenDuration), (_rig.State, _rig.Core.Snapshot(_rig.Now).Remaining));
    }

    [Fact]
    public void S25a_new_settings_hold_for_the_own_circuit()
    {
        Isolate();
        var policy = _rig.Policy with { Version = 2, Settings = Settings with { OpenDuration = TimeSpan.FromSeconds(2) } };

        _rig.Hear(Isolation(generation: 3) with { Revision = 1, Policy = policy });
        Assert.Equal(TimeSpan.FromSeconds(2), _rig.Core.Snapshot(_rig.Now).Remaining);

        _rig.Hear(Isolation(generation: 3) with { Revision = 2, Policy = policy with { Enabled = false } });
        Assert.Equal(BreakerState.Closed, _rig.State);
    }

    [Fact]
    public void S25a_a_suspect_asks_again_for_a_probe_when_its_wait_is_over()
    {
        _rig.Hear(_rig.Snapshot(BreakerState.HalfOpen, 1, freeProbes: 2));
        var request = _rig.Core.TakePermitRequest(_rig.Now)!;

        _rig.Core.PermitAnswered(request, new PermitAnswer { Number = request.Number, Wait = TimeSpan.FromSeconds(1) }, _rig.Now);

        Assert.Equal(0, _rig.Core.Snapshot(_rig.Now).FreeProbes);
        Assert.Null(_rig.Core.TakePermitRequest(_rig.Now));
        Assert.Equal(TimeSpan.FromSeconds(1), _rig.Core.NextWake - _rig.Now.Elapsed);

        _rig.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _rig.Core.Snapshot(_rig.Now).FreeProbes);
        Assert.NotNull(_rig.Core.TakePermitRequest(_rig.Now));
    }

    private BreakerSnapshot Isolation(long generation) =>
        _rig.Snapshot(BreakerState.Closed, generation) with { IsolatedWorker = "w", IsolatedKey = _rig.Run.Key };

    private void Isolate(long generation = 3) => _rig.Hear(Isolation(generation));

    private void CloseOwnCircuit()
    {
        if (_rig.Report() is { } report)
        {
            _rig.Answer(report);
        }

        _rig.Pass(Settings.OpenDuration);
        for (var probe = 0; probe < Settings.SuccessThreshold; probe++)
        {
            var permit = _rig.Core.TakeLocalPermit(_rig.Now)!;
            _rig.Core.Settle(new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Success }, local: true, _rig.Now);
        }
    }
}
