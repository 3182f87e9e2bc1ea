using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Client.Mirror;

/// <content>Who decides: the cluster, or, while it does not answer, the same rules here (C8).</content>
internal sealed partial class MirrorCore
{
    private bool _renewalOverdue;
    private bool _alone;

    /// <summary>When the first unanswered call has been so for one renewal; null when none is unanswered.</summary>
    private TimeSpan? OverdueAt => Durations.Earlier(_outbox.SilentSince, _permits.SilentSince) + _run.Timings.Renewal;

    /// <summary>Whether the worker's renewals have been unanswered for one renewal (C8).</summary>
    public void RenewalIsOverdue(bool overdue, Moment now)
    {
        _renewalOverdue = overdue;
        Advance(now);
    }

    /// <summary>Decides who decides (C8).</summary>
    private void Reassess(Moment now)
    {
        if (Refusal is not null)
        {
            return;
        }

        _alone = !_heard || _renewalOverdue || OverdueAt <= now.Elapsed;
        if (IsIsolated)
        {
            OpenOwnCircuitOnce(now);
        }
        else if (_alone)
        {
            _local ??= GoOnAlone(now);
        }
        else
        {
            _local = null;
        }
    }

    /// <summary>The same rules, from the mirror and every outcome that is not acknowledged yet (C8).</summary>
    private BreakerMachine GoOnAlone(Moment now)
    {
        var remaining = RemainingOfCluster(now);
        var state = new MachineState
        {
            State = _cluster.State,
            Generation = _cluster.Generation,
            CommandNumber = _cluster.CommandNumber,
            Hold = _cluster.Hold is not null && remaining is { } left ? new OperatorHold(left, now.Utc + left) : null,
            Lineage = _cluster.Lineage,
            Policy = _cluster.Policy,
            History = _cluster.LastTransition is { } last ? [last] : [],
        };
        var machine = BreakerMachine.TakeOver(_cluster.Component, state, _cluster.Policy, _run.NewIncarnation(), now);
        if (remaining is { } open)
        {
            machine.HearRemaining(_cluster.Generation, open, now);
        }

        var acknowledged = OutcomeTally.OfFailures(_acknowledgedRun);
        machine.Report(
            _run.Reporter,
            [new GenerationTally { Generation = _cluster.Generation, Tally = acknowledged }, .. _outbox.Unacknowledged(_cluster.Generation)],
            [],
            now);
        return machine;
    }
}
