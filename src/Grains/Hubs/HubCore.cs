using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Hubs;

/// <summary>What a hub's shell is to do after an input.</summary>
internal sealed record HubEffects
{
    /// <summary>News to push, by worker.</summary>
    public IReadOnlyList<(IWorkerObserver Observer, ImmutableArray<BreakerUpdate> Updates)> Deliveries { get; init; } = [];

    /// <summary>Authorities to call.</summary>
    public IReadOnlyList<(string Component, HubAttachment Attachment)> Attachments { get; init; } = [];

    /// <summary>When the core wants to be woken; null: not before the next input.</summary>
    public TimeSpan? NextWake { get; init; }
}

/// <summary>A hub without Orleans, I/O or clock: which worker uses which breaker, what each breaker is, who lacks what (C5).</summary>
/// <remarks>
/// <para>A sequence number rises with each change of any breaker. A worker's renewal says the number that the last answer gave, and
/// gets all that changed since; pushes only bring it sooner, so that a lost one is made good by the next renewal.</para>
/// <para>A hub is itself a mirror: it never goes back, and offers what it has to an authority that has forgotten (C7). Not safe
/// for use from several threads.</para>
/// </remarks>
internal sealed class HubCore(string key, Guid incarnation)
{
    private const int MaxBreakersPerSession = 10_000;
    private const int MaxBreakers = 100_000;

    /// <summary>Workers that one hub serves; where there are more, the one that was silent for longest is forgotten, and registers anew.</summary>
    internal const int MaxSessions = 10_000;

    private readonly Dictionary<Guid, Session> _sessions = [];
    private readonly Dictionary<string, HubBreaker> _breakers = new(StringComparer.Ordinal);
    private readonly AttachQueue _attaching = new();
    private readonly HashSet<HubBreaker> _changed = [];
    private readonly HashSet<string> _toOffer = new(StringComparer.Ordinal);
    private long _sequence;
    private long _attachments;
    private TimeSpan? _forgetFrom;

    /// <summary>The workers that it serves. While it has any it must stay in memory.</summary>
    public int Workers => _sessions.Count;

    /// <summary>A worker says which breakers it uses.</summary>
    public RenewalAnswer Register(WorkerRegistration registration, Moment now)
    {
        ArgumentNullException.ThrowIfNull(registration);
        if (!_sessions.TryGetValue(registration.Session, out var session))
        {
            if (registration.AddsTo != Guid.Empty)
            {
                return NotKnown;
            }

            if (_sessions.Count >= MaxSessions)
            {
                Unregister(_sessions.MinBy(silent => silent.Value.SeenAt).Key, now);
            }

            _sessions.Add(registration.Session, session = new Session());
        }

        session.Observer = registration.Observer;
        session.SeenAt = now.Elapsed;
        session.Memory = MemoryFor(registration.RenewalInterval);
        _forgetFrom = Durations.Earlier(_forgetFrom, session.SeenAt + session.Memory);
        var updates = ImmutableArray.CreateBuilder<BreakerUpdate>();
        foreach (var registered in registration.Breakers.IsDefault ? [] : registration.Breakers.Take(MaxBreakersPerSession))
        {
            var component = registered?.Component;
            if (!ComponentName.IsValid(component))
            {
                updates.Add(new BreakerUpdate
                {
                    Component = component is not { Length: > ComponentName.MaxLength } ? component ?? string.Empty : component[..ComponentName.MaxLength],
                    Refusal = new BreakerRefusal(RefusalKind.InvalidName, ComponentName.Fault(component)),
                });
            }
            else if (session.Breakers.Count < MaxBreakersPerSession && (_breakers.Count < MaxBreakers || _breakers.ContainsKey(component)))
            {
                Use(registration.Session, session, component, registered!.Claim, updates, now);
            }
        }

        return Answer([.. updates]);
    }

    /// <summary>A worker's renewal: it gets what changed since its last answer.</summary>
    public RenewalAnswer Renew(WorkerRenewal renewal, Moment now)
    {
        ArgumentNullException.ThrowIfNull(renewal);
        if (renewal.HubIncarnation != incarnation || !_sessions.TryGetValue(renewal.Session, out var session))
        {
            return NotKnown;
        }

        session.SeenAt = now.Elapsed;
        return renewal.Sequence >= _sequence
            ? Answer([])
            : Answer([
                .. session.Breakers.Where(breaker => breaker.ChangedAt > renewal.Sequence)
                    .Select(breaker => breaker.Update(now)).OfType<BreakerUpdate>(),
            ]);
    }

    /// <summary>A worker takes leave.</summary>
    public void Unregister(Guid session, Moment now)
    {
        if (_sessions.Remove(session, out var left))
        {
            foreach (var breaker in left.Breakers)
            {
                breaker.Sessions.Remove(session);
                breaker.Recount(now);
                Touched(breaker);
            }
        }

        _forgetFrom = _sessions.Count == 0 ? null : _forgetFrom;
    }

    /// <summary>An authority pushes a snapshot.</summary>
    public HubPushAnswer Push(BreakerSnapshot snapshot, bool reset, Moment now)
    {
        WireLimits.ThrowUnlessWhole(snapshot);
        if (!_breakers.TryGetValue(snapshot.Component, out var breaker))
        {
            return new HubPushAnswer();
        }

        if (breaker.Adopt(snapshot, reset, _sequence + 1, now))
        {
            Changed(breaker);
            Touched(breaker);
            return new HubPushAnswer { Workers = breaker.Sessions.Count };
        }

        return new HubPushAnswer
        {
            Workers = breaker.Sessions.Count,
            Revision = breaker.Snapshot?.Generation == snapshot.Generation ? breaker.Snapshot.Revision : -1,
            Offer = breaker.Disagrees(snapshot) ? breaker.Current(now) : null,
        };
    }

    /// <summary>An authority answered an attachment.</summary>
    public void AttachAnswered(string component, HubAttachment attachment, HubAttachAnswer answer, Moment now)
    {
        if (_breakers.TryGetValue(component, out var breaker))
        {
            ApplyAnswer(breaker, attachment, answer, now);
            Touched(breaker);
        }
    }

    /// <summary>An authority did not answer; it is called again.</summary>
    public void AttachFailed(string component, HubAttachment attachment, Moment now)
    {
        if (_breakers.TryGetValue(component, out var breaker))
        {
            breaker.AttachFailed(now);
            Touched(breaker);
        }
    }

    /// <summary>Silos came or went: an authority may have moved, and the one that now serves may not know of this hub (C5). Each is called
    /// once more, soon but not all at once.</summary>
    public void SilosChanged(Moment now)
    {
        var at = now.Elapsed + HubTimings.Recount;
        foreach (var breaker in _breakers.Values.OrderBy(breaker => breaker.Component, StringComparer.Ordinal))
        {
            breaker.CallAgain(at);
            Touched(breaker);
            at += HubTimings.Spacing;
        }
    }

    /// <summary>Time has passed: workers that fell silent are forgotten.</summary>
    public void Advance(Moment now)
    {
        if (_forgetFrom > now.Elapsed || _forgetFrom is null)
        {
            return;
        }

        foreach (var silent in _sessions.Where(session => now.Elapsed - session.Value.SeenAt >= session.Value.Memory).Select(session => session.Key).ToList())
        {
            Unregister(silent, now);
        }

        // Workers are heard of again and again, and it is not looked for anew who is now the first each time: this is too early then, never late.
        _forgetFrom = _sessions.Count == 0 ? null : _sessions.Values.Min(session => session.SeenAt + session.Memory);
    }

    /// <summary>What is to be done after the inputs so far. Each thing is said once.</summary>
    public HubEffects TakeEffects(Moment now)
    {
        Advance(now);
        var deliveries = _changed
            .SelectMany(breaker => breaker.Sessions.Select(session => (session, breaker)))
            .GroupBy(pair => pair.session, pair => pair.breaker)
            .Select(worker => (_sessions[worker.Key].Observer!, worker.Select(breaker => breaker.Update(now)).OfType<BreakerUpdate>().ToImmutableArray()))
            .ToList();
        _changed.Clear();

        List<(string, HubAttachment)> attachments = [];
        while (_attaching.Due(now) is { } breaker)
        {
            attachments.Add((breaker.Component, breaker.Attach(key, incarnation, ++_attachments, _toOffer.Remove(breaker.Component), now)));
            Touched(breaker);
        }

        return new HubEffects { Deliveries = deliveries, Attachments = attachments, NextWake = Durations.Earlier(_forgetFrom, _attaching.NextDue) };
    }

    private RenewalAnswer NotKnown => new() { Known = false, HubIncarnation = incarnation };

    private static TimeSpan MemoryFor(TimeSpan renewal)
    {
        var believed = Durations.NotNegative(Durations.Min(renewal, HubTimings.LongestRenewal));
        return Durations.Max(believed * HubTimings.MissedRenewals, HubTimings.LeastMemory);
    }

    private void Use(
        Guid id, Session session, string component, BreakerClaim? claim, ImmutableArray<BreakerUpdate>.Builder updates, Moment now)
    {
        if (!_breakers.TryGetValue(component, out var breaker))
        {
            _breakers.Add(component, breaker = new HubBreaker(component));
        }

        session.Breakers.Add(breaker);
        if (breaker.Sessions.Add(id))
        {
            breaker.Recount(now);
        }

        if (claim?.Offer is { } raw && WireLimits.Clean(raw) is { } offer)
        {
            breaker.ApplyOffer(offer, now);
        }

        Touched(breaker);
        if (breaker.Update(now) is { } update)
        {
            updates.Add(update);
        }
    }

    private RenewalAnswer Answer(ImmutableArray<BreakerUpdate> updates) =>
        new() { Known = true, HubIncarnation = incarnation, Sequence = _sequence, Updates = updates };

    private void ApplyAnswer(HubBreaker breaker, HubAttachment attachment, HubAttachAnswer answer, Moment now)
    {
        if (answer.Refusal is { } refusal && breaker.Refuse(refusal, _sequence + 1))
        {
            Changed(breaker);
        }

        breaker.AttachSucceeded(attachment, now);
        if (answer.Verdict == OfferVerdict.Wanted)
        {
            Offer(breaker, now);
            return;
        }

        // An offer of a worker's that has no valid seal is not ours: only if we offered our own do we let go of it.
        var offeredOwn = breaker.OfferedOwn(attachment);
        if (answer.Snapshot is { } snapshot)
        {
            if (breaker.Adopt(snapshot, asItIs: offeredOwn && answer.Verdict == OfferVerdict.Refused, _sequence + 1, now))
            {
                Changed(breaker);
            }
            else if (breaker.Disagrees(snapshot) && !offeredOwn)
            {
                Offer(breaker, now);
            }
        }
    }

    /// <summary>Something happened to a breaker: it is called when that is due now, and forgotten when nobody uses it.</summary>
    private void Touched(HubBreaker breaker)
    {
        _attaching.Update(breaker);
        if (breaker.IsUnused)
        {
            _breakers.Remove(breaker.Component);
        }
    }

    private void Changed(HubBreaker breaker)
    {
        _sequence++;
        _changed.Add(breaker);
    }

    private void Offer(HubBreaker breaker, Moment now)
    {
        _toOffer.Add(breaker.Component);
        breaker.AttachBy(now.Elapsed);
    }

    private sealed class Session
    {
        public IWorkerObserver? Observer { get; set; }

        public HashSet<HubBreaker> Breakers { get; } = [];

        public TimeSpan SeenAt { get; set; }

        public TimeSpan Memory { get; set; }
    }
}
