using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Simulation;

/// <summary>What must hold after every step, and at the end.</summary>
internal sealed class Promises(World world, Cluster cluster)
{
    private static readonly TransitionCause[] Automatic =
    [
        TransitionCause.ConsecutiveFailures, TransitionCause.FailureRate, TransitionCause.SlowCallRate, TransitionCause.TimeoutElapsed,
        TransitionCause.ProbesSucceeded, TransitionCause.ProbeFailed, TransitionCause.ProbeLost,
    ];

    private readonly Dictionary<Generation, BreakerTransition> _generations = [];
    private readonly Dictionary<SimWorker, BreakerSnapshot> _mirrors = [];
    private readonly Dictionary<(Generation Generation, long Id, Guid Authority), TimeSpan> _permits = [];
    private readonly HashSet<(Generation Generation, long Id, Guid Authority)> _granted = [];
    private readonly Dictionary<Guid, (long Request, ProbePermit Permit)> _lastGranted = [];
    private readonly HashSet<Generation> _forged = [];
    private readonly Dictionary<SimWorker, long> _commandsSeen = [];
    private long _storedCommand;

    /// <summary>Kinds of transition that occurred, for the report on what a run reached.</summary>
    public HashSet<TransitionCause> Causes { get; } = [];

    public void Forged(Generation generation) => _forged.Add(generation);

    /// <summary>A generation never repeats; automatic transitions of one activation keep their distance (S9).</summary>
    public void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        if (transition.Generation.Incarnation != authority.Incarnation)
        {
            // Learnt from another activation.
            return;
        }

        Causes.Add(transition.Cause);
        if (!_generations.TryAdd(transition.Generation, transition))
        {
            Fail("C9 a generation never repeats", $"{transition.Generation} began as {_generations[transition.Generation].To}, and again as {transition.To}");
        }

        if (Automatic.Contains(transition.Cause))
        {
            var now = authority.Host.Now.Elapsed;
            if (authority.LastAutomatic is { } last && now - last < cluster.Policy.MinTransitionInterval - TimeSpan.FromTicks(10))
            {
                Fail("S9 automatic transitions keep their distance", $"{transition.Cause} after {(now - last).TotalSeconds:0.000} s");
            }

            authority.LastAutomatic = now;
        }
    }

    /// <summary>A mirror never falls (C5).</summary>
    public void OnMirror(SimWorker worker)
    {
        var snapshot = worker.Core.Cluster;
        if (_mirrors.TryGetValue(worker, out var before) && !ReferenceEquals(before, snapshot))
        {
            var isHigher = snapshot.Generation == before.Generation
                ? snapshot.Revision >= before.Revision
                : snapshot.Generation.Number > before.Generation.Number && snapshot.CommandNumber >= before.CommandNumber;
            if (!isHigher)
            {
                Fail("C5 a mirror never falls", $"{worker.Name} from {Show(before)} to {Show(snapshot)}");
            }
        }

        _mirrors[worker] = snapshot;
        _commandsSeen[worker] = Math.Max(_commandsSeen.GetValueOrDefault(worker), snapshot.CommandNumber);
    }

    /// <summary>No call is admitted by a connected mirror while the circuit is open (S3).</summary>
    public void OnDecision(SimWorker worker, MirrorView view)
    {
        var cluster = worker.Core.Cluster;
        if (worker.Core.Mode == BreakerMode.Connected && cluster.Policy.Enabled
            && cluster.State is BreakerState.Open or BreakerState.ForcedOpen && view.Decision is CallDecision.Admit or CallDecision.Probe)
        {
            Fail("S3 open rejects", $"{worker.Name} admits in {Show(cluster)}");
        }
    }

    /// <summary>A report without an outcome of the generation that it found moves nothing (S8).</summary>
    public void OnReport(SimAuthority authority, WorkerReport report, Generation before)
    {
        var after = authority.Core.Generation;
        var isCurrent = report.Tallies.Any(tally => !tally.Local && tally.Generation == before) || report.Probes.Any(probe => probe.Generation == before)
            || report.Permits.Abandoned > 0;
        if (after != before && after.Incarnation == authority.Incarnation && !isCurrent
            && authority.Core.History[^1] is { Cause: TransitionCause.ConsecutiveFailures or TransitionCause.ProbeFailed or TransitionCause.ProbesSucceeded } moved
            && report.Claim.Offer is null)
        {
            Fail("S8 a late outcome moves nothing", $"{moved.From} -> {moved.To} by {moved.Cause}");
        }
    }

    /// <summary>Never more permits than the budget, in one generation (S5).</summary>
    public void OnGranted(SimAuthority authority, PermitRequest request, ProbePermit permit)
    {
        _lastGranted[request.Session] = (request.Number, permit);
        var details = authority.Core.Details(authority.Host.Now);
        if (details.ProbesOutstanding > cluster.Policy.Settings.EffectiveMaxProbes + (world.Has(Fault.Settings) ? 8 : 0))
        {
            Fail("S5 never more permits than the budget", $"{details.ProbesOutstanding} are outstanding");
        }

        var key = (permit.Generation, permit.Id, authority.Incarnation);
        if (_granted.Add(key))
        {
            // Else it is the answer to a request that came twice.
            _permits.Add(key, world.Now + (permit.Lease * 0.99));
        }
    }

    /// <summary>A worker got a permit: of its generation no more are in use than the budget has.</summary>
    public void OnPermit(ProbePermit permit)
    {
        var inUse = _permits.Count(known => known.Key.Generation == permit.Generation && known.Value > world.Now);
        if (inUse > cluster.Policy.Settings.EffectiveMaxProbes + (world.Has(Fault.Settings) ? 8 : 0))
        {
            Fail("S5 never more probes in use than the budget", $"{inUse} of {permit.Generation}");
        }
    }

    public void OnSettled(ProbePermit permit) => Return(permit.Generation, permit.Id);

    /// <summary>The authority hears of permits that come back.</summary>
    public void OnReturned(Guid session, PermitProgress progress, IEnumerable<ProbeOutcome> probes)
    {
        foreach (var probe in probes)
        {
            Return(probe.Generation, probe.PermitId);
        }

        if (_lastGranted.TryGetValue(session, out var last) && progress.IsGivenUp(last.Request))
        {
            OnSettled(last.Permit);
        }
    }

    /// <summary>Nothing without a valid seal is adopted (C7).</summary>
    public void OnAuthority(SimAuthority authority)
    {
        if (authority.Core.IsCreated && _forged.Contains(authority.Core.Generation))
        {
            Fail("C7 nothing without a valid seal is adopted", $"{authority.Core.Generation}");
        }
    }

    /// <summary>A row is stored: its commands are never undone by anything but later ones (S10).</summary>
    public void OnStored() => _storedCommand = Math.Max(_storedCommand, cluster.Store.Row?.Machine.CommandNumber ?? 0);

    /// <summary>Some time after the last fault all agree, and the store has the newest.</summary>
    public void AtTheEnd()
    {
        if (cluster.LivingAuthorities.ToList() is not [var authority])
        {
            Fail("Agreement", "not one authority is left");
            return;
        }

        var now = authority.Host.Now;
        var details = authority.Core.Details(now);
        foreach (var worker in cluster.Workers)
        {
            if (worker.Core.Mode != BreakerMode.Connected)
            {
                Fail("C8 the cluster's state wins on return", $"{worker.Name} is {worker.Core.Mode}");
            }

            if (worker.Core.Cluster.Generation != details.Generation)
            {
                Fail("C5 a lost push is made good", $"{worker.Name} has {Show(worker.Core.Cluster)}, the authority {details.State} {details.Generation}");
            }

            if (worker.Core.Cluster.Policy.Version != cluster.Policy.Version)
            {
                Fail("S18 settings reach every worker", $"{worker.Name} has version {worker.Core.Cluster.Policy.Version}, not {cluster.Policy.Version}");
            }
        }

        // What the second authority of a split wrote last, the first learns with its next write: in silence there may be none.
        if (cluster.Store.Row?.Machine.Generation != details.Generation && !(world.Options.EndsInSilence && world.Has(Fault.Split)))
        {
            Fail("C6 the newest state is stored", $"the store has {cluster.Store.Row?.Machine.Generation}, the authority {details.Generation}");
        }

        if (details.State == BreakerState.Open)
        {
            Fail("S4 open ends without traffic", $"it is {details.State} still");
        }

        if (details.State == BreakerState.HalfOpen && !world.Options.EndsInSilence)
        {
            Fail("S7 half-open is left while there is traffic", $"it is {details.State} still");
        }

        var seen = cluster.Workers.Select(worker => _commandsSeen.GetValueOrDefault(worker)).Append(_storedCommand).Max();
        if (details.CommandNumber < seen)
        {
            Fail("S10 a command is never undone", $"command {seen} was stored or seen, the authority knows of {details.CommandNumber}");
        }

        if (!cluster.CountsMayDiffer)
        {
            var counted = cluster.Workers.Aggregate(OutcomeTally.Empty, (sum, worker) => sum.Append(worker.Counted));
            var totals = details.Totals;
            var (expected, actual) = (
                (counted.Successes, counted.Failures, counted.Ignored, counted.Rejected),
                (totals.Successes, totals.Failures, totals.Ignored, totals.Rejected));
            if (expected != actual)
            {
                Fail("C4 an outcome enters the totals exactly once", $"counted {expected}, totals {actual}");
            }
        }
    }

    private void Return(Generation generation, long id)
    {
        foreach (var key in _permits.Keys.Where(key => key.Generation == generation && key.Id == id).ToList())
        {
            _permits.Remove(key);
        }
    }

    private static string Show(BreakerSnapshot snapshot) => $"{snapshot.State} {snapshot.Generation} r{snapshot.Revision} c{snapshot.CommandNumber}";

    private void Fail(string promise, string what) => throw new ViolationException(promise, $"{what} (at {world.Now.TotalSeconds:0.000} s)");
}
