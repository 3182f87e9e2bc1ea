using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Client.Mirror;

/// <content>Probes in half-open: asked of the authority, or, while it does not answer, of the machine here (S5–S7, C4, C8).</content>
internal sealed partial class MirrorCore
{
    /// <summary>The request to send for a probe; null when the authority must not be asked: it has left a request unanswered or keeps the free
    /// probes for other workers, no probe is free, or this worker decides alone.</summary>
    public PermitRequest? TakePermitRequest(Moment now)
    {
        Advance(now);
        var mayAsk = _local is null && Refusal is null && _permits.MayRequest && _cluster is { State: BreakerState.HalfOpen, FreeProbes: > 0 };
        return mayAsk ? _permits.Take(_run.Reporter, Claim(now), now) : null;
    }

    /// <summary>The authority answered a permit request. Null: there was no permit, or it came too late to be used.</summary>
    public ProbePermit? PermitAnswered(PermitRequest request, PermitAnswer answer, Moment now)
    {
        if (answer.Refusal is { } refusal)
        {
            Refuse(refusal, now);
            return null;
        }

        var isAwaited = _permits.Answered(request);
        if (answer.Verdict == OfferVerdict.Wanted)
        {
            _offerPending = true;
            _outbox.Due(now.Elapsed);
        }
        else
        {
            Answered(request.Claim, answer.Verdict, answer.Snapshot, now);
            if (answer.Wait is { } wait && _cluster.State == BreakerState.HalfOpen)
            {
                _permits.WaitUntil(now.Elapsed + wait);
            }
        }

        Advance(now);
        if (answer.Permit is not { } permit)
        {
            return null;
        }

        if (isAwaited && _local is null && permit.Generation == _cluster.Generation)
        {
            return permit;
        }

        Settle(new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Unused }, local: false, now);
        return null;
    }

    /// <summary>The request did not arrive, or its answer did not: what it may have been given goes back unused (S7). The authority
    /// stays silent until it answers something (C8).</summary>
    public void PermitFailed(PermitRequest request, Moment now)
    {
        _permits.Abandon(request);
        if (Refusal is null)
        {
            _outbox.Due(now.Elapsed);
        }

        Advance(now);
    }

    /// <summary>A probe of this worker's own, while it decides alone; null when none is free.</summary>
    public ProbePermit? TakeLocalPermit(Moment now)
    {
        Advance(now);
        if (_local?.RequestPermit(_run.Reporter, now) is not { } permit)
        {
            return null;
        }

        _outbox.Add(new GenerationTally { Generation = permit.Generation, Local = true, LocalProbes = 1, Tally = OutcomeTally.Empty });
        _outbox.Due(now.Elapsed + FlushInterval);
        return permit;
    }

    /// <summary>A probe has ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="local">Whether its permit was this worker's own.</param>
    /// <param name="now">The time.</param>
    public void Settle(ProbeOutcome outcome, bool local, Moment now)
    {
        if (Refusal is not null)
        {
            return;
        }

        Advance(now);
        if (local)
        {
            _local?.Report(_run.Reporter, [], [outcome], now);
            if (TallyOf(outcome) is { } tally)
            {
                _outbox.Add(new GenerationTally { Generation = outcome.Generation, Local = true, Tally = tally });
                _outbox.Due(now.Elapsed + FlushInterval);
            }
        }
        else
        {
            _outbox.Add(outcome with { Late = outcome.Generation != _cluster.Generation });
            _outbox.Due(now.Elapsed);
        }
    }

    private static OutcomeTally? TallyOf(ProbeOutcome outcome)
    {
        var counted = outcome.Result switch
        {
            ProbeResult.Success => OutcomeTally.Success,
            ProbeResult.Failure => OutcomeTally.Failure,
            ProbeResult.Ignored => OutcomeTally.IgnoredCall,
            _ => null,
        };
        return counted is null ? null : counted with { Counts = CallCounts.Of(outcome) };
    }
}
