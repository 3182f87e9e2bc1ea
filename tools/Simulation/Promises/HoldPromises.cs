using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C12: a worker whose own failures in a row reach the threshold admits no call until the report of them is answered, and only then
/// it is held.</summary>
internal sealed class HoldPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private readonly Dictionary<SimWorker, Watch> _watches = [];

    public override void OnOutcome(SimWorker worker, Generation generation, bool local, OutcomeTally outcome)
    {
        var watch = Find(worker);
        if (!local && generation == watch.Generation)
        {
            watch.Run = outcome.Successes > 0 ? 0 : watch.Run + outcome.Failures;
            watch.Unsent += outcome.Failures;
        }
    }

    public override void OnSent(SimWorker worker, WorkerReport report)
    {
        var watch = Find(worker);
        if (report.Number > watch.Number)
        {
            (watch.Number, watch.Unanswered, watch.Unsent) = (report.Number, watch.Unsent, 0);
        }
    }

    public override void OnAnswered(SimWorker worker, WorkerReport report, ReportAnswer answer)
    {
        var watch = Find(worker);
        if (report.Number == watch.Number && answer.Verdict != OfferVerdict.Wanted)
        {
            watch.Unanswered = 0;
        }
    }

    public override void OnMirror(SimWorker worker) => Find(worker);

    public override void OnDecision(SimWorker worker, MirrorView view)
    {
        var watch = Find(worker);
        var isUnanswered = watch.Unanswered + watch.Unsent > 0;
        var snapshot = worker.Core.Cluster;
        if (worker.Core.Mode == BreakerMode.Connected && snapshot is { State: BreakerState.Closed, Policy.Enabled: true }
            && view.Decision == CallDecision.Admit && isUnanswered && watch.Run >= snapshot.Policy.Settings.FailureThreshold)
        {
            Fail("C12 a worker at the threshold waits for the answer", $"{worker.Name} is admitted after {watch.Run} failures in a row");
        }

        if (view.IsHeld && (!isUnanswered || watch.Run < snapshot.Policy.Settings.FailureThreshold))
        {
            Fail("C12 a hold ends with the answer", $"{worker.Name} is held after {watch.Run} failures in a row, {watch.Unanswered + watch.Unsent} without an answer");
        }
    }

    /// <summary>A run ends with its generation, and with a refusal everything does.</summary>
    private Watch Find(SimWorker worker)
    {
        if (!_watches.TryGetValue(worker, out var watch))
        {
            _watches.Add(worker, watch = new Watch());
        }

        if (worker.Core.Cluster.Generation != watch.Generation || worker.Core.Refusal is not null)
        {
            (watch.Generation, watch.Run, watch.Unsent, watch.Unanswered) = (worker.Core.Cluster.Generation, 0, 0, 0);
        }

        return watch;
    }

    private sealed class Watch
    {
        public Generation Generation { get; set; } = new(-1, Guid.Empty);

        public long Run { get; set; }

        /// <summary>Failures of this generation that no report has.</summary>
        public long Unsent { get; set; }

        /// <summary>Failures of this generation in the report that is in flight.</summary>
        public long Unanswered { get; set; }

        public long Number { get; set; }
    }
}
