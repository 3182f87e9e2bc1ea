using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Mirror;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C8, S19: a worker that is cut off decides for itself after one renewal, from the mirror and every outcome that is not acknowledged,
/// and gives that up when it is answered again; a refusal is lifted when there is room.</summary>
internal sealed class LocalPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    /// <summary>A renewal was answered just now, the next is due a renewal later and unanswered for one more; an answer may have been slow.</summary>
    private static readonly TimeSpan Silence = MirrorTimings.Default.Renewal * 3.2;

    /// <summary>How long it may take until a hub asks again about a breaker that was refused.</summary>
    private static readonly TimeSpan AskedByHub = TimeSpan.FromSeconds(11.5);

    /// <summary>How long until the worker itself asks: its hub does not know of the refusal, or what it said came out of order.</summary>
    private static readonly TimeSpan AskedByWorker = TimeSpan.FromSeconds(30);

    private readonly Dictionary<SimWorker, Watch> _watches = [];

    public override void OnOutcome(SimWorker worker, Generation generation, bool local, OutcomeTally outcome)
    {
        var watch = Find(worker);
        if (!local && generation == watch.Cluster)
        {
            watch.ClusterRun = watch.ClusterRun.With(outcome);
        }

        if (watch.IsLocal && generation == watch.Generation)
        {
            watch.LocalRun = watch.LocalRun.With(outcome);

            // A call that the cluster had admitted and that fails now is told at once, before successes here that are not collected yet.
            watch.SureRun = local || outcome.Failures == 0 ? watch.SureRun.With(outcome) : watch.SureRun;
        }
    }

    public override void OnMirror(SimWorker worker) => Find(worker);

    public override void OnDecision(SimWorker worker, MirrorView view)
    {
        var watch = Find(worker);

        // Of a stay that it began alone the minimum interval may hold it up (S9).
        if (watch.IsLocal && watch.Generation == watch.Cluster && view is { Decision: CallDecision.Admit, Snapshot.State: BreakerState.Closed }
            && watch.SureRun.Now >= watch.Settings.FailureThreshold)
        {
            Fail("C8 alone it goes on from every outcome that was not acknowledged", $"{worker.Name} is admitted after {watch.SureRun.Now} failures in a row");
        }
    }

    public override void OnLook()
    {
        foreach (var worker in Cluster.Workers)
        {
            if (worker.IsCut && World.Now - worker.CutSince > Silence && World.Now - worker.Host.FrozenUntil > Silence
                && World.Now - worker.StartedAt > Silence && worker.Core.Mode == BreakerMode.Connected)
            {
                Fail("C8 without an answer for one renewal it decides for itself", $"{worker.Name} is cut off since {worker.CutSince.TotalSeconds:0.000} s");
            }

            if (IsCalmFor(Recovery) && World.Now - worker.StartedAt > Recovery + Recovery && !Cluster.WasFullIn(AskedByWorker) && Cluster.LivingAuthorities.Any()
                && worker.Core.Mode is not (BreakerMode.Connected or BreakerMode.Isolated))
            {
                Fail("C8 it gives that up when it is answered", $"{worker.Name} is {worker.Core.Mode}");
            }

            if (IsCalmFor(Recovery) && worker.Core.Mode == BreakerMode.Refused && Cluster.HubOf(worker) is { RefusedAt: { } since } hub
                && World.Now - since > AskedByHub && World.Now - hub.Host.FrozenUntil > AskedByHub)
            {
                Fail("S19 a hub asks again about what was refused", $"{hub.Key} was told so {(World.Now - since).TotalSeconds:0.000} s ago");
            }
        }
    }

    /// <summary>Follows a worker from one decider to the next.</summary>
    private Watch Find(SimWorker worker)
    {
        if (!_watches.TryGetValue(worker, out var watch))
        {
            _watches.Add(worker, watch = new Watch());
        }

        var core = worker.Core;
        if (core.Cluster.Generation != watch.Cluster || core.Refusal is not null)
        {
            watch.Cluster = core.Cluster.Generation;
            watch.ClusterRun = new();
        }

        var now = (core.IsLocal, core.Generation);
        if (now == (watch.IsLocal, watch.Generation))
        {
            return watch;
        }

        var before = watch.IsLocal ? watch.LocalRun : watch.ClusterRun;
        var wasClosed = watch.WasClosed;
        if (now.IsLocal && !watch.IsLocal)
        {
            watch.Settings = core.Cluster.Policy.Settings;
        }

        watch.LocalRun = now.IsLocal && now.Generation == watch.Cluster ? watch.ClusterRun : new();
        watch.SureRun = watch.LocalRun;
        (watch.IsLocal, watch.Generation) = now;
        var state = core.Snapshot(worker.Host.Now).State;
        watch.WasClosed = state == BreakerState.Closed;
        if (now.IsLocal && wasClosed && state == BreakerState.Open && now.Generation != watch.Cluster && core.Mode == BreakerMode.Local
            && core.Cluster.IsolatedWorker != worker.Name
            && !watch.Settings.HasRateRule && before.Most < Math.Min(watch.Settings.FailureThreshold, core.Cluster.Policy.Settings.FailureThreshold))
        {
            Fail("C8 alone it opens only when a rule holds", $"{worker.Name} after at most {before.Most} failures in a row");
        }

        return watch;
    }

    private sealed class Watch
    {
        public Generation Cluster { get; set; } = new(-1, Guid.Empty);

        public bool IsLocal { get; set; }

        public Generation Generation { get; set; } = new(-1, Guid.Empty);

        public bool WasClosed { get; set; }

        public BreakerSettings Settings { get; set; } = new();

        public Run ClusterRun { get; set; } = new();

        public Run LocalRun { get; set; } = new();

        /// <summary>Of that what surely is a run in the order in which it is told.</summary>
        public Run SureRun { get; set; } = new();
    }

    /// <summary>A run of failures, as it goes on, and the longest.</summary>
    private sealed record Run(int Now = 0, int Most = 0)
    {
        public Run With(OutcomeTally outcome)
        {
            var now = outcome.Successes > 0 ? 0 : Now + (int)outcome.Failures;
            return new Run(now, Math.Max(Most, now));
        }
    }
}
