using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C3, C4, C8, C13, S8, S14: a worker's reports say of each generation what its calls came to, once and in order, and each outcome enters
/// the totals exactly once.</summary>
internal sealed class CountingPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private readonly Dictionary<SimWorker, Ledger> _ledgers = [];
    private readonly Dictionary<(BreakerState From, BreakerState To), long> _transitions = [];
    private CallCounts _stored = CallCounts.Zero;
    private readonly HashSet<(Guid Session, long Number)> _counted = [];
    private Counts _stolen;
    private long _late;

    public override void OnOutcome(SimWorker worker, Generation generation, bool local, OutcomeTally outcome) =>
        Find(worker).Made(Key(generation, local, late: generation != worker.Core.Cluster.Generation), outcome);

    public override void OnSettled(SimWorker worker, ProbePermit permit) =>
        Find(worker).LateProbes[(permit.Generation, permit.Id)] = permit.Generation != worker.Core.Cluster.Generation;

    public override void OnSent(SimWorker worker, WorkerReport report)
    {
        var ledger = Find(worker);
        if (report.Number == 0)
        {
            return;
        }

        if (report.Number <= ledger.LastNumber)
        {
            if (report.Number != ledger.LastNumber || report.Tallies != ledger.LastTallies || report.Probes != ledger.LastProbes)
            {
                Fail("C4 a number stands for one report", $"{worker.Name} says {report.Number} again of other outcomes");
            }

            return;
        }

        (ledger.LastNumber, ledger.LastTallies, ledger.LastProbes) = (report.Number, report.Tallies, report.Probes);
        foreach (var part in report.Tallies)
        {
            var key = Key(part.Generation, part.Local, part.Late);
            if (ledger.Tell(key, part.Tally) is { } fault)
            {
                Fail(part.Local ? "C8 outcomes made alone are told as such" : "C3 a report says what its calls came to", $"{worker.Name} of {part.Generation}{(part.Late ? ", late" : "")}: {fault}");
            }
        }

        foreach (var probe in report.Probes.Where(probe => probe.Result != ProbeResult.Unused))
        {
            if (ledger.LateProbes.TryGetValue((probe.Generation, probe.PermitId), out var late) && late != probe.Late)
            {
                Fail("C13 late is what ended after its worker had heard of a later generation", $"probe {probe.PermitId} of {probe.Generation} is told as {(probe.Late ? "late" : "in time")}");
            }
        }
    }

    public override void OnReport(SimAuthority authority, WorkerReport report, Arrival arrival)
    {
        // A report that was counted before the store could be read, and before that by the activation that stored it, is counted once (C4).
        if (arrival.Counted && _counted.Add((report.Session, report.Number)))
        {
            // What thieves say enters the totals as any outcome does.
            _stolen += Cluster.Thieves.Contains(report.Session) ? Counts.Of(report) : default;
            _late += report.Tallies.Where(tally => tally.Late && !tally.Local && tally.Generation != arrival.Found).Sum(tally => Counts.Of(tally.Tally).Ended)
                + report.Probes.Where(probe => probe.Late && probe.Generation != arrival.Found).Sum(probe => Counts.Of(probe).Ended);
        }
    }

    public override void OnTransition(SimAuthority authority, BreakerTransition transition) =>
        _transitions[(transition.From, transition.To)] = _transitions.GetValueOrDefault((transition.From, transition.To)) + 1;

    public override void OnStored()
    {
        var (before, after) = (_stored, Cluster.Store.Breaker.Row!.Machine.Totals);
        if (after.Successes < before.Successes || after.Failures < before.Failures || after.Ignored < before.Ignored || after.Rejected < before.Rejected
            || after.Probes < before.Probes || after.Slow < before.Slow || after.Late < before.Late)
        {
            Fail("S14 totals never fall", $"{before} were stored, and then {after}");
        }

        _stored = after;
    }

    public override void AtTheEnd(SimAuthority authority)
    {
        if (Cluster.CountsMayDiffer)
        {
            return;
        }

        var details = authority.Core.Details(authority.Host.Now);
        var counted = Cluster.Workers.Aggregate(_stolen, (sum, worker) => sum + worker.Counted);
        var dropped = Cluster.Workers.Aggregate(default(Counts), (sum, worker) => sum + worker.Dropped);
        var totals = Counts.Of(details.Totals);
        if (!counted.Covers(totals) || !totals.Covers(counted - dropped))
        {
            Fail("C4 an outcome enters the totals exactly once", $"counted {counted}, of that dropped with a refusal {dropped}, totals {totals}");
        }

        if (details.Totals.Late != _late)
        {
            Fail("C13 what is told as late is counted as late", $"{_late} were, the totals have {details.Totals.Late}");
        }

        var kinds = details.Transitions.ToDictionary(kind => (kind.From, kind.To), kind => kind.Count);
        if (kinds.Count != _transitions.Count || kinds.Any(kind => _transitions.GetValueOrDefault(kind.Key) != kind.Value))
        {
            Fail("S14 transitions are counted by kind", $"made {string.Join(", ", _transitions)}, counted {string.Join(", ", kinds)}");
        }
    }

    public override void OnMirror(SimWorker worker)
    {
        if (worker.Core.Refusal is not null)
        {
            Find(worker).Forget();
        }
    }

    private static (Generation Generation, bool Local, bool Late) Key(Generation generation, bool local, bool late) =>
        (local ? default : generation, local, late && !local);

    private Ledger Find(SimWorker worker)
    {
        if (!_ledgers.TryGetValue(worker, out var ledger))
        {
            _ledgers.Add(worker, ledger = new Ledger());
        }

        return ledger;
    }

    /// <summary>What one worker's calls came to, and what of it is not told yet.</summary>
    private sealed class Ledger
    {
        private readonly Dictionary<(Generation, bool, bool), List<OutcomeTally>> _untold = [];
        private Counts _untoldAlone;

        /// <summary>Whether each probe ended late.</summary>
        public Dictionary<(Generation, long), bool> LateProbes { get; } = [];

        public long LastNumber { get; set; }

        public System.Collections.Immutable.ImmutableArray<GenerationTally> LastTallies { get; set; }

        public System.Collections.Immutable.ImmutableArray<ProbeOutcome> LastProbes { get; set; }

        /// <summary>The cluster refuses the breaker: nothing that is not told ever will be.</summary>
        public void Forget()
        {
            _untold.Clear();
            _untoldAlone = default;
        }

        public void Made((Generation, bool Local, bool Late) key, OutcomeTally outcome)
        {
            if (key.Local)
            {
                _untoldAlone += Counts.Of(outcome);
                return;
            }

            if (!_untold.TryGetValue(key, out var outcomes))
            {
                _untold.Add(key, outcomes = []);
            }

            outcomes.Add(outcome);
        }

        /// <summary>Compares what a report says with what is untold: as much of it as the report has calls, in order. What is wrong; null: nothing.</summary>
        public string? Tell((Generation, bool Local, bool Late) key, OutcomeTally told)
        {
            if (key.Local)
            {
                // Probes that it permits itself are told before the calls that are collected later.
                var before = _untoldAlone;
                _untoldAlone -= Counts.Of(told);
                return before.Covers(Counts.Of(told)) ? null : $"{Counts.Of(told)} is told, {before} was made";
            }

            var outcomes = _untold.GetValueOrDefault(key) ?? [];
            var (sum, taken) = (default(Counts), 0);
            var (run, longest, first) = (0L, 0L, -1L);
            var said = Counts.Of(told);
            for (; taken < outcomes.Count && sum.Ended + sum.Rejected < said.Ended + said.Rejected; taken++)
            {
                var outcome = outcomes[taken];
                sum += Counts.Of(outcome);
                run += outcome.Failures;
                longest = Math.Max(longest, run);
                if (outcome.Successes > 0)
                {
                    first = first < 0 ? run : first;
                    run = 0;
                }
            }

            outcomes.RemoveRange(0, taken);
            var runs = (first < 0 ? run : first, run, longest);
            return sum != said ? $"{said} is told, {sum} was made"
                : runs != (told.FirstRun, told.LastRun, told.LongestRun) ? $"runs of {(told.FirstRun, told.LastRun, told.LongestRun)} are told, {runs} were made"
                : null;
        }
    }
}
