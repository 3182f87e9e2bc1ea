using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The rules of a circuit breaker (S1–S14), and nothing else: no I/O, no clock, no lock, no Orleans.</summary>
/// <remarks>
/// <para>The grain runs it as the cluster's authority; a disconnected worker runs it for itself (C8). Each input carries the time and first
/// applies what has become due since the last one (<see cref="Advance"/>); <see cref="NextWake"/> is the time of that call if no input comes
/// before.</para>
/// <para>Not thread-safe: apply one input at a time. Time never goes back: <see cref="Moment.Elapsed"/> is monotonic.</para>
/// </remarks>
internal sealed partial class BreakerMachine
{
    private readonly Guid _incarnation;
    private readonly FailureRuns _runs = new();
    private readonly RollingWindow _window = new();
    private readonly ProbeLeases _probes = new();
    private readonly LoneWorker _lone = new();
    private readonly RunningTotals _totals = new();
    private readonly TransitionLog _log;

    private TimeSpan _enteredAt;
    private TimeSpan? _holdEndsAt;
    private TimeSpan? _lastAutomaticAt;
    private WaitingTrip? _waitingTrip;
    private bool _successesAreEnough;
    private long _commandsHere;

    /// <summary>Creates a closed breaker without history.</summary>
    /// <param name="component">The protected component.</param>
    /// <param name="policy">Its settings.</param>
    /// <param name="incarnation">A random id of this activation, which no other ever has.</param>
    /// <param name="now">The time of creation.</param>
    public BreakerMachine(string component, BreakerPolicy policy, Guid incarnation, Moment now)
    {
        Component = component;
        Policy = policy;
        _incarnation = incarnation;
        _enteredAt = now.Elapsed;
        _log = new TransitionLog(now.Elapsed);
        Revision = RevisionAfter(-1);
    }

    public string Component { get; }

    public BreakerState State { get; private set; }

    public Generation Generation { get; private set; } = Generation.Initial;

    /// <summary>Rises within a generation with each change that workers must receive: settings, and whether probes are free (S5). Two activations
    /// with the same generation issue different revisions.</summary>
    public long Revision { get; private set; }

    public BreakerPolicy Policy
    {
        get;
        private set => field = PolicyPool.Shared(value);
    }

    public long CommandNumber { get; private set; }

    public OperatorHold? Hold { get; private set; }

    public Lineage Lineage { get; private set; } = Lineage.Initial;

    public CallCounts Totals => _totals.Value;

    /// <summary>The current run of failures, in the order of arrival here.</summary>
    public long ConsecutiveFailures => _runs.Current;

    public int ProbesOutstanding => _probes.Outstanding;

    /// <summary>The worker that is isolated in this generation (S25a).</summary>
    public KnownWorker? Isolated => _lone.Isolated;

    /// <summary>The number of permits that can be granted now; 0 while a decision waits (S9).</summary>
    public int FreeProbes => State == BreakerState.HalfOpen && Policy.Enabled && !HalfOpenIsDecided
        ? Math.Max(0, Policy.Settings.EffectiveMaxProbes - _probes.Outstanding)
        : 0;

    public IReadOnlyList<BreakerTransition> History => _log.History;

    public IReadOnlyList<TransitionCount> TransitionCounts => _log.Counts;

    /// <summary>The <see cref="Moment.Elapsed"/> at which something becomes due without an input; null if nothing does.</summary>
    public TimeSpan? NextWake
    {
        get
        {
            var intervalEnd = IntervalEnd;
            TimeSpan? due = State switch
            {
                BreakerState.Open => Later(_enteredAt + Policy.Settings.OpenDuration, intervalEnd),
                BreakerState.HalfOpen when HalfOpenIsDecided => intervalEnd ?? _enteredAt,
                BreakerState.HalfOpen => _probes.NextExpiry,
                BreakerState.Closed when _waitingTrip is not null => Durations.Earlier(intervalEnd, _lone.LapsesAt),
                BreakerState.Closed => _lone.LapsesAt,
                _ => _holdEndsAt,
            };
            return due;
        }
    }

    /// <summary>The time until an open breaker probes or a forced state ends; null if neither applies.</summary>
    public TimeSpan? Remaining(Moment now) => State switch
    {
        BreakerState.Open => Durations.NotNegative(_enteredAt + Policy.Settings.OpenDuration - now.Elapsed),
        BreakerState.ForcedOpen or BreakerState.ForcedClosed when _holdEndsAt is { } end => Durations.NotNegative(end - now.Elapsed),
        _ => null,
    };

    public ImmutableArray<TimeSpan> TimeInState(Moment now) => _log.TimeInState(State, now.Elapsed);

    /// <summary>Failures ÷ (successes + failures) over the window; null if there are neither.</summary>
    public double? WindowFailureRate(Moment now) =>
        _window.At(now.Elapsed, Policy.Settings.Window) is { Calls: > 0 } counts ? counts.FailureRate : null;

    /// <summary>Applies one report: all its tallies, then its probes. Outcomes of the current generation affect the state (S8, C3), unless their
    /// worker is isolated (S25a).</summary>
    /// <param name="reporter">The worker.</param>
    /// <param name="tallies">Its counts, by generation.</param>
    /// <param name="probes">The results of its probes.</param>
    /// <param name="now">The time.</param>
    /// <param name="ownCircuit">The state of the worker's own circuit; null if it follows the cluster.</param>
    public void Report(
        Reporter reporter, IReadOnlyList<GenerationTally> tallies, IReadOnlyList<ProbeOutcome> probes, Moment now, BreakerState? ownCircuit = null)
    {
        Advance(now);
        ApplyOwnCircuit(reporter, ownCircuit, now);
        var found = Generation;
        var counts = !_lone.IsIsolated(reporter);
        if (counts && Isolated is not null && tallies.Any(tally => IsOf(tally, found) && CountsAgainst(tally.Tally)))
        {
            // A second worker fails: it is the component. What it reports counts in the generation that begins now.
            Enter(BreakerState.Closed, TransitionCause.IsolationEnded, now, reporter.Name);
        }

        long longestRun = 0;
        var fed = false;
        foreach (var tally in tallies)
        {
            var current = IsOf(tally, found);
            _totals.Add(tally, late: tally.Late && !tally.Local && !current);
            if (!tally.Local && tally.Tally.Successes + tally.Tally.Failures > 0)
            {
                _lone.Called(reporter, now.Elapsed);
            }

            if (current && counts && State is BreakerState.Closed or BreakerState.ForcedClosed)
            {
                longestRun = Math.Max(longestRun, Feed(reporter, tally.Tally, now));
                fed = true;
            }
            else if (!current && !tally.Local && CountsAgainst(tally.Tally))
            {
                _lone.FailedBefore(reporter, tally.Generation);
            }
        }

        if (fed)
        {
            EvaluateClosed(longestRun, reporter.Name, now);
        }

        foreach (var probe in probes)
        {
            var current = probe.Generation == found;
            _totals.Add(probe, late: probe.Late && !current);
            if (current)
            {
                SettleProbe(probe.PermitId, reporter, probe.Result, now);
            }
        }
    }

    /// <summary>How long the reporter must wait for a probe that is free now, because the suspect comes last (S25a); null if it need not
    /// wait.</summary>
    public TimeSpan? ProbeWait(Reporter reporter, Moment now) =>
        FreeProbes > 0 ? _lone.ProbeWait(reporter, _enteredAt, Policy.Settings, now.Elapsed) : null;

    /// <summary>Grants a probe permit if one is free for this worker; otherwise null (S5, S25a).</summary>
    public ProbePermit? RequestPermit(Reporter reporter, Moment now)
    {
        Advance(now);
        if (FreeProbes == 0 || ProbeWait(reporter, now) is not null)
        {
            return null;
        }

        var lease = Policy.Settings.EffectiveProbeLease;
        var id = _probes.Grant(reporter, now.Elapsed + lease);
        _totals.AddProbe();
        RaiseRevisionIfFreeProbesChanged(wereFree: true);
        return new ProbePermit(id, Generation, lease);
    }

    /// <summary>Returns a permit of the reporter in the current generation unused, without a report.</summary>
    public void ReturnPermit(ProbePermit permit, Reporter reporter, Moment now)
    {
        Advance(now);
        if (permit.Generation == Generation)
        {
            SettleProbe(permit.Id, reporter, ProbeResult.Unused, now);
        }
    }

    /// <summary>Applies new settings. Only disabling breakers makes a transition. Limits are compared at the next input, permits and leases stay
    /// valid, and a timeout is measured again from the entry into the state (S18).</summary>
    public void SetPolicy(BreakerPolicy policy, Moment now)
    {
        Advance(now);
        if (policy != Policy)
        {
            Policy = policy;
            Revision = RevisionAfter(Revision);
        }

        if (!policy.Enabled)
        {
            Advance(now);
        }
    }

    /// <summary>Creates the snapshot for workers, without its seal.</summary>
    public BreakerSnapshot Snapshot(Moment now) => new()
    {
        Component = Component,
        State = State,
        Generation = Generation,
        Revision = Revision,
        Policy = Policy,
        Remaining = Remaining(now),
        FreeProbes = FreeProbes,
        ConsecutiveFailures = ConsecutiveFailures,
        LastTransition = _log.History.LastOrDefault(transition => transition.Generation == Generation),
        CommandNumber = CommandNumber,
        Hold = Hold,
        Lineage = Lineage,
        IsolatedWorker = Isolated?.Name,
        IsolatedKey = Isolated?.Key ?? 0,
    };

    private static TimeSpan Later(TimeSpan a, TimeSpan? b) => Durations.Max(a, b ?? a);

    private sealed record WaitingTrip(string Worker);
}
