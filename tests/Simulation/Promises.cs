using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Simulation;

/// <summary>What must hold after every step, and at the end.</summary>
internal sealed class Promises(World world, Cluster cluster)
{
    /// <summary>After a disturbance every call that was lost has been given up and made again, and whoever died is noticed.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan TwoRenewals = MirrorTimings.Default.Renewal * 2.1;

    /// <summary>How long a worker's failures may take to be reported, decided on and pushed, the minimum interval included.</summary>
    private static readonly TimeSpan Decision = TimeSpan.FromSeconds(3);

    /// <summary>Clocks run at most half a percent fast or slow.</summary>
    private const double ClockTolerance = 0.98;

    /// <summary>How often calm times are looked at.</summary>
    private static readonly TimeSpan CalmChecks = TimeSpan.FromMilliseconds(50);
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
    private readonly Dictionary<(Generation Generation, long Id, Guid Authority), TimeSpan> _notReturned = [];
    private readonly Dictionary<Generation, (BreakerState State, long Command, TimeSpan FirstSeenAt)> _said = [];
    private readonly HashSet<Generation> _forged = [];
    private readonly Dictionary<SimWorker, long> _commandsSeen = [];
    private long _storedCommand;
    private BreakerTotals _storedTotals = BreakerTotals.Zero;
    private TimeSpan _nextCalmCheck;

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
        var left = new Generation(transition.Generation.Number - 1, authority.Incarnation);
        if (transition.Cause == TransitionCause.ProbeLost
            && !_notReturned.Keys.Any(permit => permit.Generation == left && permit.Authority == authority.Incarnation))
        {
            Fail("S7 a permit that was given back is not lost", $"{left} ended by {transition.Cause}");
        }

        if (transition.Cause == TransitionCause.TimeoutElapsed && !world.Has(Fault.Settings)
            && LeftOpen(authority, transition) is { } opened && world.Now - opened < cluster.Policy.Settings.Timeout * ClockTolerance)
        {
            Fail("S3 open lasts its timeout", $"it ended after {(world.Now - opened).TotalSeconds:0.000} s");
        }

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

        if (!ReferenceEquals(before, snapshot))
        {
            OnSaid(snapshot.Generation, snapshot.State, snapshot.CommandNumber, worker.Name);
        }

        _mirrors[worker] = snapshot;
        _commandsSeen[worker] = Math.Max(_commandsSeen.GetValueOrDefault(worker), snapshot.CommandNumber);
    }

    /// <summary>No call is admitted by a connected mirror while the circuit is open (S3), nor by anyone whose calls have all failed for
    /// long enough (S2 a).</summary>
    public void OnDecision(SimWorker worker, MirrorView view)
    {
        var snapshot = worker.Core.Cluster;
        if (worker.Core.Mode == BreakerMode.Connected && snapshot.Policy.Enabled
            && snapshot.State is BreakerState.Open or BreakerState.ForcedOpen && view.Decision is CallDecision.Admit or CallDecision.Probe)
        {
            Fail("S3 open rejects", $"{worker.Name} admits in {Show(snapshot)}");
        }

        if (view.Decision == CallDecision.Admit && view.Snapshot.State == BreakerState.Closed
            && worker.FailuresInARow >= cluster.EnoughFailures && world.Now - worker.FailingSince > Decision && IsCalmFor(Decision))
        {
            Fail("S2 a worker whose every call fails trips", $"{worker.Name} is admitted after {worker.FailuresInARow} failures in a row");
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
            _notReturned.Add(key, authority.Host.Now.Elapsed + permit.Lease);
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

    /// <summary>An authority heard of permits that come back.</summary>
    public void OnReturned(SimAuthority authority, Guid session, PermitProgress progress, IEnumerable<ProbeOutcome> probes)
    {
        foreach (var probe in probes)
        {
            HearReturn(authority, probe.Generation, probe.PermitId);
        }

        if (_lastGranted.TryGetValue(session, out var last) && progress.IsGivenUp(last.Request))
        {
            HearReturn(authority, last.Permit.Generation, last.Permit.Id);
        }
    }

    /// <summary>Nothing without a valid seal is adopted (C7).</summary>
    public void OnAuthority(SimAuthority authority)
    {
        if (authority.Core.IsCreated && _forged.Contains(authority.Core.Generation))
        {
            Fail("C7 nothing without a valid seal is adopted", $"{authority.Core.Generation}");
        }

        if (authority.Core.IsCreated && authority.Checked != authority.Core.Generation)
        {
            (authority.Checked, authority.CheckedSince) = (authority.Core.Generation, world.Now);
            OnGeneration(authority);
        }
    }

    /// <summary>While nothing disturbs messages and hosts: a dead authority is woken (S4), a lost push is made good (C5). After a split a
    /// worker that says nothing may learn of what was decided in it no sooner than with the next transition.</summary>
    public void OnCalm()
    {
        if (world.Now < _nextCalmCheck || !IsCalmFor(Recovery))
        {
            return;
        }

        _nextCalmCheck = world.Now + CalmChecks;

        var authority = cluster.LivingAuthorities.FirstOrDefault();
        foreach (var worker in cluster.Workers.Where(worker => world.Now - worker.StartedAt > Recovery + TwoRenewals))
        {
            var has = worker.Core.Cluster;
            if (authority is null)
            {
                if (has.State != BreakerState.Closed)
                {
                    Fail("S4 a dead authority is woken", $"{worker.Name} has {Show(has)}, and there is none");
                }
            }
            else if (authority.Checked is { } current && has.Generation != current
                && world.Now - authority.CheckedSince > TwoRenewals && world.Now - authority.StartedAt > Recovery
                && (!world.Has(Fault.Split) || authority.CheckedSince > world.CalmSince))
            {
                Fail("C5 a lost push is made good within two renewals", $"{worker.Name} has {Show(has)}, the authority {current}");
            }
        }
    }

    /// <summary>A row is stored: its commands are never undone by anything but later ones (S10), and its totals never fall (S14).</summary>
    public void OnStored()
    {
        if (cluster.Store.Row is not { Machine: { } machine })
        {
            return;
        }

        _storedCommand = Math.Max(_storedCommand, machine.CommandNumber);
        var (before, after) = (_storedTotals, machine.Totals);
        if (after.Successes < before.Successes || after.Failures < before.Failures || after.Ignored < before.Ignored || after.Rejected < before.Rejected)
        {
            Fail("S14 totals never fall", $"{before} were stored, and then {after}");
        }

        _storedTotals = after;
    }

    /// <summary>A command that was given before the store could be read came after all that the store has (S10); only its own TTL may end it
    /// with that, where the wall clock has jumped past its end.</summary>
    public void OnReadAfterCommand(BreakerState before, BreakerState after)
    {
        if (after != before && !world.Has(Fault.Split))
        {
            Fail("S10 a command is not undone by what went before it", $"what was read made {after} of {before}");
        }
    }

    /// <summary>Some time after the last fault all agree, and the store has the newest.</summary>
    public void AtTheEnd()
    {
        if (cluster.LivingAuthorities.ToList() is not [var authority])
        {
            Fail("Agreement", "there is not one authority");
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
                Fail("S18 settings reach every worker", $"{worker.Name} has version {worker.Core.Cluster.Policy.Version} in {Show(worker.Core.Cluster)}, not {cluster.Policy.Version}; the authority has {details.Policy.Version} in {details.Generation}");
            }
        }

        // A side of a split that hung while it ended may write when the other has looked already: that learns of it with its next write, and in
        // silence there may be none.
        var mayBeUnread = world.Options.EndsInSilence && world.Has(Fault.Split) && world.Has(Fault.Freeze);
        if (cluster.Store.Row?.Machine.Generation != details.Generation && !mayBeUnread)
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

        var seen = cluster.Workers.Select(worker => _commandsSeen.GetValueOrDefault(worker)).Append(mayBeUnread ? 0 : _storedCommand).Max();
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

    private bool IsCalmFor(TimeSpan time) => cluster.IsWhole && world.Now - world.CalmSince > time;

    private void OnGeneration(SimAuthority authority)
    {
        var details = authority.Core.Details(authority.Host.Now);
        OnSaid(details.Generation, details.State, details.CommandNumber, "the authority");
        // A command or the end of a TTL that was its own may have been numbered anew, above what was there before it.
        if (!authority.HasCommanded && authority.Core.History is [.., { Cause: TransitionCause.Merged } last] && last.Generation == details.Generation
            && details.Generation.Incarnation == authority.Incarnation
            && !authority.Core.History.Any(own => own.Cause == TransitionCause.TtlEnded && own.Generation.Incarnation == authority.Incarnation))
        {
            OnMerged(details);
        }

        var longest = details.State.IsForced() ? Faults.LongestTtl : details.Policy.Settings.Timeout;
        if (details.RetryAfter > longest)
        {
            Fail("C10 what remains is never more than what was given", $"{details.State} for {details.RetryAfter}, of {longest}");
        }
    }

    /// <summary>What is merged has a state that was said under the higher command number (C9).</summary>
    private void OnMerged(BreakerDetails merged)
    {
        var states = _said.Where(said => said.Key != merged.Generation && said.Value.Command == merged.CommandNumber).Select(said => said.Value.State).ToHashSet();
        if (states.Count > 0 && !states.Contains(merged.State))
        {
            Fail("C9 the higher command number wins", $"{merged.State} c{merged.CommandNumber} was made of {string.Join(" and ", states)}");
        }
    }

    /// <summary>A generation is one stay in one state, whoever speaks of it (C9).</summary>
    private void OnSaid(Generation generation, BreakerState state, long command, string by)
    {
        if (!_said.TryAdd(generation, (state, command, world.Now)) && _said[generation] is var (known, number, _) && (known, number) != (state, command))
        {
            Fail("C9 a generation is one stay in one state", $"{generation} is {known} c{number}, and {state} c{command} for {by}");
        }
    }

    private TimeSpan? LeftOpen(SimAuthority authority, BreakerTransition transition)
    {
        var left = authority.Core.History.LastOrDefault(earlier => earlier.Generation.Number < transition.Generation.Number);
        return left is not null && _said.TryGetValue(left.Generation, out var said) && said.State == BreakerState.Open ? said.FirstSeenAt : null;
    }

    /// <summary>What comes back after its lease is lost all the same.</summary>
    private void HearReturn(SimAuthority authority, Generation generation, long id)
    {
        Return(generation, id);
        var key = (generation, id, authority.Incarnation);
        if (_notReturned.TryGetValue(key, out var expiresAt) && authority.Host.Now.Elapsed < expiresAt)
        {
            _notReturned.Remove(key);
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
