using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Client.Mirror;

/// <content>This worker is isolated: the cluster found that its own path is broken, and its own circuit decides for it (S25a).</content>
internal sealed partial class MirrorCore
{
    private Generation? _ownCircuitOf;
    private BreakerState? _ownCircuitTold;
    private TimeSpan? _confirmAt;

    /// <summary>Whether the cluster has isolated this worker.</summary>
    public bool IsIsolated => _cluster.IsolatedWorker is not null && _cluster.IsolatedKey == _run.Key;

    /// <summary>The state of the own circuit; null while this worker is not isolated.</summary>
    private BreakerState? OwnCircuit => IsIsolated ? _local?.State : null;

    /// <summary>The own circuit opens when the isolation begins, and runs until the cluster ends it: also while the cluster is silent.</summary>
    private void OpenOwnCircuitOnce(Moment now)
    {
        if (_local is not null && _ownCircuitOf == _cluster.Generation)
        {
            return;
        }

        var closed = new MachineState
        {
            Generation = _cluster.Generation,
            CommandNumber = _cluster.CommandNumber,
            Lineage = _cluster.Lineage,
            Policy = _cluster.Policy,
        };
        _local = BreakerMachine.TakeOver(_cluster.Component, closed, _cluster.Policy, _run.NewIncarnation(), now);
        _local.OpenIsolated(_run.Reporter.Name, now);
        _ownCircuitOf = _cluster.Generation;
    }

    /// <summary>New settings hold for the own circuit too.</summary>
    private void KeepOwnCircuitUpToDate(Moment now)
    {
        if (IsIsolated && _ownCircuitOf == _cluster.Generation)
        {
            _local?.SetPolicy(_cluster.Policy, now);
        }
    }

    /// <summary>The authority learns each state of the own circuit at once, and every flush that this worker is still there.</summary>
    private void TellOwnCircuit(Moment now)
    {
        if (OwnCircuit is not { } own)
        {
            _ownCircuitTold = null;
            _ownCircuitOf = null;
            _confirmAt = null;
        }
        else if (own != _ownCircuitTold || _confirmAt <= now.Elapsed)
        {
            _ownCircuitTold = own;
            _confirmAt = now.Elapsed + FlushInterval;
            _outbox.Due(now.Elapsed);
        }
    }
}
