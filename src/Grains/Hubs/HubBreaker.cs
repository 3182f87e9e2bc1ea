using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Grains.Hubs;

/// <summary>What a hub has of one breaker: a mirror of it, who uses it, and when its authority is next called.</summary>
internal sealed class HubBreaker(string component)
{
    private readonly Backoff _backoff = new(HubTimings.FirstRetry, HubTimings.LastRetry);
    private BreakerSnapshot? _pendingOffer;
    private BreakerSnapshot? _offered;
    private TimeSpan? _wantedAt;
    private TimeSpan _receivedAt;

    /// <summary>What the authority knows of its workers; null: not known, a call that failed may still arrive.</summary>
    private int? _attachedWorkers = 0;

    public string Component => component;

    public HashSet<Guid> Sessions { get; } = [];

    public BreakerSnapshot? Snapshot { get; private set; }

    public BreakerRefusal? Refusal { get; private set; }

    /// <summary>The hub's sequence at the last change.</summary>
    public long ChangedAt { get; private set; }

    public bool IsAttaching { get; private set; }

    /// <summary>Whether nobody uses it any more, and its authority knows.</summary>
    public bool IsUnused => Sessions.Count == 0 && _attachedWorkers == 0 && !IsAttaching;

    /// <summary>When the authority is next to be called.</summary>
    public TimeSpan NextAttachAt { get; private set; }

    /// <summary>By when it stands in the <see cref="AttachQueue"/>, which alone sets it; null: not at all.</summary>
    public TimeSpan? WaitsUntil { get; set; }

    /// <summary>Takes a snapshot if it is newer than what is here (or must be taken as it is); whether it did.</summary>
    public bool Adopt(BreakerSnapshot snapshot, bool asItIs, long sequence, Moment now)
    {
        if (!asItIs && Snapshot is { } own && !snapshot.IsNewerThan(own))
        {
            return false;
        }

        Snapshot = snapshot;
        Refusal = null;
        ChangedAt = sequence;
        _receivedAt = now.Elapsed;
        var before = NextAttachAt;
        Schedule(now);
        if (_attachedWorkers != Sessions.Count)
        {
            // News does not put off what the authority is to be told.
            AttachBy(before);
        }

        return true;
    }

    public bool Refuse(BreakerRefusal refusal, long sequence)
    {
        if (Refusal == refusal)
        {
            return false;
        }

        Refusal = refusal;
        Snapshot = null;
        ChangedAt = sequence;
        return true;
    }

    /// <summary>Whether <paramref name="snapshot"/> is of another history than ours, or from an authority that has forgotten (C7).</summary>
    public bool Disagrees(BreakerSnapshot snapshot) =>
        Snapshot is { } own && snapshot.Generation != own.Generation && !snapshot.IsNewerThan(own);

    /// <summary>What workers get: the snapshot with the time that remains now.</summary>
    public BreakerSnapshot? Current(Moment now) => Snapshot is { Remaining: { } remaining } snapshot
        ? snapshot with { Remaining = Durations.NotNegative(remaining - (now.Elapsed - _receivedAt)) }
        : Snapshot;

    public BreakerUpdate? Update(Moment now) => (Snapshot, Refusal) switch
    {
        (null, null) => null,
        _ => new BreakerUpdate { Component = component, Snapshot = Current(now), Refusal = Refusal },
    };

    /// <summary>What a worker offers of the breaker; the newest is passed on to the authority.</summary>
    public void ApplyOffer(BreakerSnapshot offer, Moment now)
    {
        if ((Snapshot is null || Disagrees(offer) || offer.IsNewerThan(Snapshot))
            && (_pendingOffer is null || offer.IsNewerThan(_pendingOffer)))
        {
            _pendingOffer = offer;
            NextAttachAt = now.Elapsed;
        }
    }

    /// <summary>The number of its workers changed: tell the authority soon.</summary>
    public void Recount(Moment now) => AttachBy(now.Elapsed + (Snapshot is null ? TimeSpan.Zero : HubTimings.Recount));

    public void AttachBy(TimeSpan at) => NextAttachAt = Durations.Min(at, NextAttachAt);

    /// <summary>The authority is to be called once more by a call that begins from now on: whoever answers one that is under way, or
    /// pushes meanwhile, need not be the one that serves (C9).</summary>
    public void CallAgain(TimeSpan at)
    {
        _wantedAt = at;
        AttachBy(at);
    }

    public HubAttachment Attach(string hub, Guid incarnation, long number, bool offer, Moment now)
    {
        IsAttaching = true;
        _wantedAt = null;
        var own = Current(now);
        _offered = _pendingOffer is null && offer && own?.Generation != Generation.Initial ? own : null;

        // The claim is always the hub's own, whoever offers: the answer is to bring what the hub lacks.
        var claim = new BreakerClaim
        {
            Generation = own?.Generation ?? Generation.Initial,
            Revision = own?.Revision ?? -1,
            Remaining = own?.State == BreakerState.Open ? own.Remaining : null,
            Offer = _pendingOffer ?? _offered,
        };
        return new HubAttachment { Hub = hub, Incarnation = incarnation, Number = number, Workers = Sessions.Count, Claim = claim };
    }

    /// <summary>Whether <paramref name="attachment"/> offered what the hub itself has, and still has: not what some worker brought.</summary>
    public bool OfferedOwn(HubAttachment attachment) =>
        _offered is { } own && ReferenceEquals(own, attachment.Claim.Offer) && own.Generation == Snapshot?.Generation;

    public void AttachSucceeded(HubAttachment attachment, Moment now)
    {
        IsAttaching = false;
        _backoff.Reset();
        _attachedWorkers = attachment.Workers;
        _pendingOffer = ReferenceEquals(_pendingOffer, attachment.Claim.Offer) ? null : _pendingOffer;
        Schedule(now);
    }

    public void AttachFailed(Moment now)
    {
        IsAttaching = false;
        _attachedWorkers = null;
        NextAttachAt = now.Elapsed + _backoff.Next();
    }

    /// <summary>What the authority has not been told yet is told soon, whatever news of it came meanwhile.</summary>
    private void Schedule(Moment now) => NextAttachAt = Durations.Min(
        _wantedAt ?? TimeSpan.MaxValue,
        _pendingOffer is not null ? now.Elapsed
        : _attachedWorkers != Sessions.Count ? now.Elapsed + HubTimings.Recount
        : now.Elapsed + Interval);

    private TimeSpan Interval => Refusal is not null ? HubTimings.Refused
        : Snapshot?.State is BreakerState.Closed ? HubTimings.Closed
        : HubTimings.NotClosed;
}
