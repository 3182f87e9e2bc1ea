using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>One breaker's authority without Orleans, I/O or clock: the machine, the sessions, the hubs and what is stored.</summary>
/// <remarks>
/// <para>Each input takes the time and returns its answer; afterwards <see cref="TakeEffects"/> says what to push, what to store and
/// when to wake it. The grain carries that out, and the simulator does it in a world of its own.</para>
/// <para>Not safe for use from several threads.</para>
/// </remarks>
internal sealed partial class AuthorityCore : IPersistedCore<StoredBreaker>
{
    private readonly string _component;
    private readonly Guid _incarnation;
    private readonly SnapshotSealer _sealer;
    private readonly WorkerSessions _sessions = new();
    private readonly HubLinks _hubs = new();
    private readonly WriteBehind _store;
    private readonly RowCheck _check;
    private readonly Retry _reading = Retry.UnderWay();
    private readonly Retry _askingPolicy;

    private BreakerMachine? _machine;
    private BreakerSnapshot? _sealed;
    private Generation _announced = Generation.Initial;

    /// <summary>The authority of a component, not yet created, the first read of its row under way.</summary>
    /// <param name="component">The guarded component.</param>
    /// <param name="incarnation">A random id of this activation, which no other ever has.</param>
    /// <param name="sealer">Seals what it says, checks what it is offered (C7).</param>
    /// <param name="now">The time.</param>
    public AuthorityCore(string component, Guid incarnation, SnapshotSealer sealer, Moment now)
    {
        _component = component;
        _incarnation = incarnation;
        _sealer = sealer;
        _store = new WriteBehind(now);
        _check = new RowCheck(incarnation);
        _askingPolicy = new Retry(now);
    }

    /// <summary>Whether the breaker exists: it was stored, or the directory admitted it (S19).</summary>
    public bool IsCreated => _machine is not null;

    /// <summary>Whether it must stay in memory though nobody calls: it is not closed, somebody listens, or something is not stored.</summary>
    public bool MustStay => _machine is { State: not BreakerState.Closed } || _hubs.Workers > 0 || _store.IsDirty;

    /// <summary>The settings that the breaker has.</summary>
    public BreakerPolicy Policy => Machine.Policy;

    private BreakerMachine Machine =>
        _machine ?? throw new InvalidOperationException($"The breaker '{_component}' was used before it was created.");

    /// <summary>The directory admits the breaker (S19). One that exists takes the settings, if they are newer, and tells the directory of
    /// itself again at the next metrics interval, so that one that has forgotten learns of it.</summary>
    public void Admitted(BreakerPolicy policy, Moment now)
    {
        if (_machine is null)
        {
            Begin(new BreakerMachine(_component, policy, _incarnation, now), now);
            _store.Changed(urgent: false);
        }
        else
        {
            SetPolicy(policy, now);
        }

        _askingPolicy.DoneUntil(now.Elapsed + Machine.Policy.MetricsInterval);
    }

    /// <summary>The directory could not be asked; again after a while.</summary>
    public void PolicyFailed(Moment now) => _askingPolicy.Failed(now);

    /// <summary>New settings (S18). Older ones than the breaker has are ignored.</summary>
    public void SetPolicy(BreakerPolicy policy, Moment now)
    {
        if (policy.Version > Machine.Policy.Version)
        {
            Machine.SetPolicy(policy, now);
            _store.Changed(urgent: true);
        }
    }

    /// <summary>A worker's report (C2–C4).</summary>
    public ReportAnswer Report(WorkerReport raw, Moment now)
    {
        var report = WireLimits.Clean(raw);
        Machine.Advance(now);
        var session = _sessions.GetOrAdd(report.Session, now);
        var verdict = ApplyClaim(report.Claim, now);
        if (verdict != OfferVerdict.Wanted)
        {
            var reporter = new Reporter(report.Session, report.Worker);
            ReturnAbandonedPermit(reporter, session, report.Permits, now);
            if (report.Number > session.LastReport)
            {
                var before = Machine.Totals;
                session.LastReport = report.Number;
                Machine.Report(reporter, report.Tallies, report.Probes, now, report.OwnCircuit);
                CountUnread(report, before);
                _store.Changed(urgent: false);
            }
        }

        return new ReportAnswer { Number = session.LastReport, Snapshot = SnapshotFor(report.Claim, now), Verdict = verdict };
    }

    /// <summary>A worker's request for a probe permit (S5, C4).</summary>
    public PermitAnswer RequestPermit(PermitRequest raw, Moment now)
    {
        var request = WireLimits.Clean(raw);
        Machine.Advance(now);
        var session = _sessions.GetOrAdd(request.Session, now);
        var verdict = ApplyClaim(request.Claim, now);
        var reporter = new Reporter(request.Session, request.Worker);
        TimeSpan? wait = null;
        if (verdict != OfferVerdict.Wanted)
        {
            ReturnAbandonedPermit(reporter, session, request.Permits, now);
            if (request.Number > session.LastPermit)
            {
                session.LastPermit = request.Number;
                session.Permit = session.Permits.IsGivenUp(request.Number)
                    ? null
                    : Machine.RequestPermit(reporter, now);
                _store.Changed(urgent: false);
            }

            wait = session.Permit is null ? Machine.ProbeWait(reporter, now) : null;
        }

        var permit = request.Number == session.LastPermit && session.Permit?.Generation == Machine.Generation ? session.Permit : null;
        return new PermitAnswer
        {
            Number = verdict == OfferVerdict.Wanted ? 0 : request.Number,
            Permit = permit,
            Snapshot = SnapshotFor(request.Claim, now),
            Verdict = verdict,
            Wait = wait,
        };
    }

    /// <summary>A hub says that it serves workers of this breaker.</summary>
    /// <exception cref="ArgumentException">There is no such hub.</exception>
    public HubAttachAnswer Attach(HubAttachment raw, Moment now)
    {
        var attachment = WireLimits.Clean(raw);
        Machine.Advance(now);
        var claim = attachment.Claim;
        var verdict = ApplyClaim(claim, now);
        if (verdict != OfferVerdict.Wanted)
        {
            _hubs.Attached(attachment, Machine.Generation, Machine.Revision, now);
        }

        return new HubAttachAnswer { Snapshot = SnapshotFor(claim, now), Verdict = verdict };
    }

    /// <summary>An operator's command that was found good (S10).</summary>
    public CommandStatus Command(OperatorCommand command, Moment now) => Machine.Command(command, now);

    /// <summary>A hub acknowledged a push.</summary>
    public void PushAnswered(HubLinks.PushTarget target, BreakerSnapshot pushed, HubPushAnswer raw, Moment now)
    {
        var answer = WireLimits.Clean(raw);
        _hubs.Answered(target, pushed.Generation, pushed.Revision, answer.Workers, now);
        Machine.AdoptRevision(pushed.Generation, answer.Revision);
        if (answer.Offer is { } offer && ApplyOffer(offer, now) == OfferVerdict.Refused)
        {
            _hubs.Reset(target.Hub, now);
        }
    }

    /// <summary>A push failed; it is repeated.</summary>
    public void PushFailed(HubLinks.PushTarget target, Moment now) => _hubs.Failed(target, now);

    /// <summary>Silos came or went: perhaps a split ended, and another activation has written what this one does not know.</summary>
    public void SilosChanged(Moment now) => _check.Schedule(now);

    /// <summary>Time has passed.</summary>
    public void Advance(Moment now)
    {
        if (_machine is not null && _check.TryTake(now))
        {
            _store.Changed(urgent: true);
        }

        _machine?.Advance(now);
        _sessions.Sweep(now);
        _hubs.Sweep(now);
    }

    /// <summary>What must be done after the inputs so far, and because of the time. Each thing is given out once.</summary>
    public AuthorityEffects TakeEffects(Moment now)
    {
        Advance(now);
        if (_machine is not { } machine)
        {
            return new AuthorityEffects { Read = _reading.TryBegin(now), NextWake = _reading.NextDue };
        }

        var transitions = NewTransitions(machine);
        var targets = _hubs.TakeDue(machine.Generation, machine.Revision, now);
        var write = _store.TryBegin(machine.Policy.MetricsInterval, now) ? Capture(now) : null;
        return new AuthorityEffects
        {
            Snapshot = targets.Count > 0 ? Sealed(now) : null,
            Pushes = targets,
            Write = write,
            Read = _reading.TryBegin(now),
            AskPolicy = _askingPolicy.TryBegin(now),
            Transitions = transitions,
            NextWake = Earliest(
                machine.NextWake,
                _hubs.NextTry(machine.Generation, machine.Revision),
                _store.NextDue(machine.Policy.MetricsInterval),
                _reading.NextDue,
                _askingPolicy.NextDue,
                _check.DueAt),
        };
    }

    private static TimeSpan? Earliest(params ReadOnlySpan<TimeSpan?> times)
    {
        TimeSpan? earliest = null;
        foreach (var time in times)
        {
            earliest = Durations.Earlier(earliest, time);
        }

        return earliest;
    }

    private void Begin(BreakerMachine machine, Moment now)
    {
        _machine = machine;
        _announced = machine.Generation;
        _hubs.PushAll(now);
    }

    /// <summary>The transitions that were made here since the last call; each of them must be stored.</summary>
    private IReadOnlyList<BreakerTransition> NewTransitions(BreakerMachine machine)
    {
        if (machine.Generation == _announced)
        {
            return [];
        }

        var known = _announced.Number;
        _announced = machine.Generation;
        _store.Changed(urgent: true);
        return [.. machine.History.Where(transition => transition.Generation.Number > known && transition.Generation.Incarnation == _incarnation)];
    }

    private OfferVerdict ApplyClaim(BreakerClaim claim, Moment now)
    {
        if (claim.Offer is { } offer && offer.Generation != Generation.Initial && ApplyOffer(offer, now) == OfferVerdict.Refused)
        {
            return OfferVerdict.Refused;
        }

        if (claim.Generation != claim.Offer?.Generation && !Machine.Lineage.Contains(claim.Generation))
        {
            return OfferVerdict.Wanted;
        }

        ApplyKnown(claim.Generation, claim.Revision, claim.Remaining, now);
        return OfferVerdict.None;
    }

    private OfferVerdict ApplyOffer(BreakerSnapshot offer, Moment now)
    {
        if (offer.Component != _component || !_sealer.IsValid(offer))
        {
            return OfferVerdict.Refused;
        }

        Machine.Reconcile(offer, now, isThePast: !StoreWasRead);
        ApplyKnown(offer.Generation, offer.Revision, offer.Remaining, now);
        return OfferVerdict.None;
    }

    private void ApplyKnown(Generation generation, long revision, TimeSpan? remaining, Moment now)
    {
        Machine.AdoptRevision(generation, revision);
        if (remaining is { } left)
        {
            Machine.HearRemaining(generation, left, now);
        }
    }

    /// <summary>Takes back a permit whose answer never reached its worker.</summary>
    private void ReturnAbandonedPermit(Reporter reporter, WorkerSessions.Entry session, PermitProgress permits, Moment now)
    {
        session.Permits = new(Math.Max(session.Permits.Answered, permits.Answered), Math.Max(session.Permits.Abandoned, permits.Abandoned));
        if (session.Permit is { } permit && session.Permits.IsGivenUp(session.LastPermit))
        {
            session.Permit = null;
            Machine.ReturnPermit(permit, reporter, now);
        }
    }

    private BreakerSnapshot? SnapshotFor(BreakerClaim claim, Moment now) =>
        claim.Generation == Machine.Generation && claim.Revision == Machine.Revision ? null : Sealed(now);

    /// <summary>What workers are told. The seal is made once per generation: it covers nothing that changes inside one.</summary>
    private BreakerSnapshot Sealed(Moment now)
    {
        var snapshot = Machine.Snapshot(now);
        if (_sealed?.Generation != snapshot.Generation)
        {
            _sealed = _sealer.Seal(snapshot);
        }

        return snapshot with { Seal = _sealed.Seal };
    }
}
