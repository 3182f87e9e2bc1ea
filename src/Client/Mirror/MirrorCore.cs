using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>The worker's side of one breaker without I/O, clock or lock: what the cluster said last, what is to be reported, and,
/// while the cluster does not answer, the same rules run here (C1–C8).</summary>
/// <remarks>
/// <para>Each input takes the time. <see cref="TakeReport"/> and <see cref="TakePermitRequest"/> say what to send,
/// <see cref="NextWake"/> when <see cref="Advance"/> must be called, <see cref="Snapshot"/> and <see cref="Mode"/> what holds now.</para>
/// <para>Not safe for use from several threads.</para>
/// </remarks>
internal sealed partial class MirrorCore
{
    private readonly WorkerRun _run;
    private readonly PermitRequests _permits = new();
    private readonly Outbox _outbox;

    private BreakerSnapshot _cluster;
    private TimeSpan _receivedAt;
    private bool _heard;
    private bool _offerPending;
    private long _ownRun;
    private long _acknowledgedRun;
    private TimeSpan? _nextPoke;
    private BreakerMachine? _local;

    /// <summary>The mirror of a breaker of which nothing has been heard: it decides alone, with the settings that it is given (S19).</summary>
    public MirrorCore(string component, BreakerPolicy policy, WorkerRun run, Moment now)
    {
        _run = run;
        _outbox = new Outbox(_permits);
        _cluster = BreakerSnapshot.Initial(component, policy);
        _receivedAt = now.Elapsed;
        _local = new BreakerMachine(component, policy, run.NewIncarnation(), now);
        _alone = true;
    }

    /// <summary>Who decides.</summary>
    public BreakerMode Mode =>
        Refusal is not null ? BreakerMode.Refused
        : _local is null ? BreakerMode.Connected
        : !_alone ? BreakerMode.Isolated
        : _heard ? BreakerMode.Local
        : BreakerMode.Starting;

    /// <summary>Whether what is admitted now is this worker's own decision (C8, S25a).</summary>
    public bool IsLocal => _local is not null;

    /// <summary>The generation that admits calls now.</summary>
    public Generation Generation => _local?.Generation ?? _cluster.Generation;

    /// <summary>The newest snapshot that the cluster issued.</summary>
    public BreakerSnapshot Cluster => _cluster;

    /// <summary>Whether no further call is admitted until a report is answered: the failures of this worker in a row are enough for a trip, and
    /// the authority has not judged them yet (C12).</summary>
    public bool IsHeld =>
        _local is null && Refusal is null && HoldsFrom is { } enough && _ownRun >= enough && _outbox.HasUnacknowledgedFailures(_cluster.Generation);

    /// <summary>How many failures in a row hold this worker's calls; null: none do (C12).</summary>
    public int? HoldsFrom => _local is null && _cluster is { State: BreakerState.Closed, Policy: { Enabled: true, Settings: var settings } }
        ? settings.FailureThreshold
        : null;

    /// <summary>This worker's failures in a row in the generation that the cluster is in.</summary>
    public long OwnRun => _local is null ? _ownRun : 0;

    /// <summary>Whether nothing is left to report.</summary>
    public bool IsFlushed => _outbox.IsEmpty;

    /// <summary>How long successes may stay uncollected (C2).</summary>
    public TimeSpan FlushInterval => _run.Timings.FlushFor(_cluster.Policy.Settings);

    /// <summary>When <see cref="Advance"/> must be called, or a report is to be taken; null: not before the next input.</summary>
    public TimeSpan? NextWake
    {
        get
        {
            if (Refusal is not null)
            {
                return _outbox.NextDue;
            }

            TimeSpan? wake = null;
            Consider(_outbox.NextDue);
            Consider(_local?.NextWake);
            Consider(_alone ? null : OverdueAt);
            Consider(_alone ? null : _nextPoke);
            Consider(_confirmAt);
            Consider(_permits.WaitsUntil);
            return wake;

            void Consider(TimeSpan? time) => wake = Durations.Earlier(wake, time);
        }
    }

    /// <summary>What holds now: the cluster's word, or this worker's own. While a permit request is on its way, or free probes are kept for
    /// other workers, none is free for another call of this worker.</summary>
    public BreakerSnapshot Snapshot(Moment now)
    {
        if (_local is not null)
        {
            return _local.Snapshot(now);
        }

        var remaining = RemainingOfCluster(now);
        var freeProbes = _permits.SilentSince is not null || _permits.WaitsUntil > now.Elapsed ? 0 : _cluster.FreeProbes;
        return remaining == _cluster.Remaining && freeProbes == _cluster.FreeProbes
            ? _cluster
            : _cluster with { Remaining = remaining, FreeProbes = freeProbes };
    }

    /// <summary>What this worker has of the breaker. Before it has heard anything it has no settings of the cluster's: the answer is to
    /// bring them.</summary>
    public BreakerClaim Claim(Moment now, bool offer = false) => new()
    {
        Generation = _cluster.Generation,
        Revision = _heard && Refusal is null ? _cluster.Revision : -1,
        Remaining = _cluster.State == BreakerState.Open ? RemainingOfCluster(now) : null,
        Offer = (offer || _offerPending) && _cluster.Generation != Generation.Initial
            ? _cluster with { Remaining = RemainingOfCluster(now) }
            : null,
    };

    /// <summary>Outcomes of calls that were admitted: from the cluster's word, or locally.</summary>
    /// <param name="part">The outcomes.</param>
    /// <param name="now">The time.</param>
    /// <param name="retired">Whether the calls ended after something else had begun to admit calls.</param>
    public void Record(GenerationTally part, Moment now, bool retired = false)
    {
        part = part with { Late = retired && !part.Local && part.Generation != _cluster.Generation };
        if (Refusal is not null)
        {
            return;
        }

        Advance(now);
        _outbox.Add(part);
        if (_local is not null)
        {
            // The machine judges what it admitted itself, and what the cluster had admitted in the generation that it goes on with.
            _local.Report(_run.Reporter, [part with { Local = false }], [], now);
        }

        var tally = part.Tally;
        var endsRun = !part.Local && part.Generation == _cluster.Generation && TrackRun(tally);
        _outbox.Due(!part.Local && (tally.Failures > 0 || endsRun) ? now.Elapsed : now.Elapsed + FlushInterval);
    }

    /// <summary>News of the breaker: a push, or part of an answer to a renewal.</summary>
    public void Hear(BreakerUpdate update, Moment now)
    {
        if (update.Refusal is { } refusal)
        {
            Refuse(refusal, now);
        }
        else if (update.Snapshot is { } snapshot)
        {
            if (snapshot.Generation == _cluster.Generation && snapshot.Revision < _cluster.Revision)
            {
                // Late, or of an activation that does not know how far the one before it had come: ask, and it goes on above what is here (C5).
                _outbox.Due(now.Elapsed);
            }

            Accept(snapshot, now);
        }

        Advance(now);
    }

    /// <summary>The report to send now; null when none is due or one is on its way.</summary>
    public WorkerReport? TakeReport(Moment now)
    {
        Advance(now);
        return _outbox.Take(_run.Reporter, Claim(now), OwnCircuit, now);
    }

    /// <summary>All that is left is to be reported now: the worker stops.</summary>
    public void Flush(Moment now)
    {
        if (!_outbox.IsEmpty)
        {
            _outbox.Due(now.Elapsed);
        }
    }

    /// <summary>The authority answered a report.</summary>
    public void ReportAnswered(WorkerReport report, ReportAnswer answer, Moment now)
    {
        if (!ReferenceEquals(report, _outbox.InFlight))
        {
            // Of a report that was dropped with a refusal.
            return;
        }

        if (answer.Refusal is { } refusal)
        {
            Refuse(refusal, now);
            return;
        }

        _permits.AuthorityAnswered();
        if (answer.Verdict == OfferVerdict.Wanted)
        {
            _offerPending = true;
            _outbox.Failed(now, _run.Timings.Renewal);
            _outbox.RetryNow(now);
        }
        else
        {
            foreach (var tally in report.Tallies.Where(tally => !tally.Local && tally.Generation == _cluster.Generation))
            {
                _acknowledgedRun = tally.Tally.RunAfter(_acknowledgedRun);
            }

            _outbox.Acknowledged();
            Answered(report.Claim, answer.Verdict, answer.Snapshot, now);
        }

        Advance(now);
    }

    /// <summary>The report did not arrive, or its answer did not; it is sent again. Whether it was dropped instead: nobody knows any
    /// more whether it was counted (C4).</summary>
    public bool ReportFailed(WorkerReport report, Moment now)
    {
        var dropped = ReferenceEquals(report, _outbox.InFlight) && _outbox.Failed(now, _run.Timings.Renewal);
        Advance(now);
        return dropped;
    }

    /// <summary>Time has passed: retries, the local rules, and the silence of the cluster.</summary>
    public void Advance(Moment now)
    {
        if (_nextPoke is { } poke && now.Elapsed >= poke && !_alone)
        {
            // By our own clock the authority should have said more by now: ask, which also wakes a dead one (S4).
            _outbox.Due(now.Elapsed);
            _nextPoke = now.Elapsed + _run.Timings.Renewal;
        }

        _permits.Advance(now);
        _local?.Advance(now);
        Reassess(now);
        TellOwnCircuit(now);
    }

    private TimeSpan? RemainingOfCluster(Moment now) =>
        _cluster.Remaining is { } remaining ? Durations.NotNegative(remaining - (now.Elapsed - _receivedAt)) : null;

    /// <summary>Follows this worker's own run of failures; whether a run that went on has ended.</summary>
    private bool TrackRun(OutcomeTally tally)
    {
        var before = _ownRun;
        _ownRun = tally.RunAfter(before);
        return before > 0 && tally.Successes > 0;
    }

    /// <summary>What an answer to a claim brings: the state, and what became of an offer.</summary>
    private void Answered(BreakerClaim claim, OfferVerdict verdict, BreakerSnapshot? snapshot, Moment now)
    {
        if (claim.Offer is not null)
        {
            _offerPending = false;
        }

        if (snapshot is not null && verdict == OfferVerdict.Refused)
        {
            Take(snapshot, now);
        }
        else if (snapshot is not null)
        {
            Accept(snapshot, now);
        }
    }

    /// <summary>Takes a snapshot unless it is older than what is here (C5). One of another history, or from an authority that has
    /// forgotten, makes this worker offer its own (C7).</summary>
    private void Accept(BreakerSnapshot snapshot, Moment now)
    {
        var wasRefused = Refusal is not null;
        Refusal = null;
        if (!_heard || snapshot.IsNewerThan(_cluster) || (wasRefused && snapshot.Generation == _cluster.Generation && snapshot.Revision == _cluster.Revision))
        {
            Take(snapshot, now);
        }
        else if (snapshot.Generation != _cluster.Generation)
        {
            _offerPending = true;
            _outbox.Due(now.Elapsed);
        }
    }

    private void Take(BreakerSnapshot snapshot, Moment now)
    {
        if (snapshot.Generation != _cluster.Generation)
        {
            _ownRun = 0;
            _acknowledgedRun = 0;
            _permits.GenerationChanged();
        }

        if (!_heard)
        {
            // Say hello to the authority itself: the first report that decides something is then not the first that goes this way.
            _outbox.Due(now.Elapsed);
        }

        _heard = true;
        _offerPending = false;
        Refusal = null;
        _cluster = snapshot with
        {
            // What many breakers have in common is kept once.
            Component = _cluster.Component,
            Policy = PolicyPool.Shared(snapshot.Policy),
            Lineage = snapshot.Lineage == Lineage.Initial ? Lineage.Initial : snapshot.Lineage,
        };
        _receivedAt = now.Elapsed;
        KeepOwnCircuitUpToDate(now);
        var expected = snapshot.State == BreakerState.HalfOpen ? snapshot.Policy.Settings.EffectiveProbeLease : snapshot.Remaining;
        _nextPoke = now.Elapsed + expected + _run.Timings.Renewal;
    }
}
