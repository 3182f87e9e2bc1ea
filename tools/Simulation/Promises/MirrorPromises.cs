using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S3, S4, C5: what a worker has of the breaker never goes back, says of one revision one thing, and is made good when it is old.</summary>
internal sealed class MirrorPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private static readonly TimeSpan TwoRenewals = Client.Mirror.MirrorTimings.Default.Renewal * 2.1;

    private readonly Dictionary<SimWorker, BreakerSnapshot> _mirrors = [];
    private readonly Dictionary<(Generation Generation, long Revision), (long Settings, bool Free)> _revisions = [];

    public override void OnMirror(SimWorker worker)
    {
        var snapshot = worker.Core.Cluster;
        var before = _mirrors.GetValueOrDefault(worker);
        if (ReferenceEquals(before, snapshot))
        {
            return;
        }

        _mirrors[worker] = snapshot;
        if (before is not null && !IsHigher(snapshot, before))
        {
            Fail("C5 a mirror never falls", $"{worker.Name} from {Show(before)} to {Show(snapshot)}");
        }

        var says = (snapshot.Policy.Version, snapshot.FreeProbes > 0);
        if (worker.HasHeard && !_revisions.TryAdd((snapshot.Generation, snapshot.Revision), says) && _revisions[(snapshot.Generation, snapshot.Revision)] != says)
        {
            Fail("C5 one revision says one thing", $"{Show(snapshot)} has settings {says.Version} and free probes {says.Item2}, and was told otherwise before");
        }
    }

    public override void OnDecision(SimWorker worker, MirrorView view)
    {
        var snapshot = worker.Core.Cluster;
        if (worker.Core.Mode == BreakerMode.Connected && snapshot.Policy.Enabled
            && snapshot.State is BreakerState.Open or BreakerState.ForcedOpen && view.Decision is CallDecision.Admit or CallDecision.Probe)
        {
            Fail("S3 open rejects", $"{worker.Name} admits in {Show(snapshot)}");
        }
    }

    /// <summary>While nothing disturbs messages and hosts: a dead authority is woken (S4), a lost push is made good (C5). After a split a
    /// worker that says nothing may learn of what was decided in it no sooner than with the next transition.</summary>
    public override void OnLook()
    {
        if (!IsCalmFor(Recovery))
        {
            return;
        }

        var authority = Cluster.LivingAuthorities.FirstOrDefault();
        foreach (var worker in Cluster.Workers.Where(worker => worker.Core.Refusal is null && World.Now - worker.StartedAt > Recovery + TwoRenewals))
        {
            var has = worker.Core.Cluster;
            if (authority is null)
            {
                if (has.State != BreakerState.Closed)
                {
                    Fail("S4 a dead authority is woken", $"{worker.Name} has {Show(has)}, and there is none");
                }
            }
            else if (authority.Stay is { } stay && has.Generation != stay.Generation
                && World.Now - stay.Since > TwoRenewals && World.Now - authority.StartedAt > Recovery
                && (!World.Has(Fault.Split) || stay.Since > World.CalmSince))
            {
                Fail("C5 a lost push is made good within two renewals", $"{worker.Name} has {Show(has)}, the authority {stay.Generation}");
            }
        }
    }

    private static bool IsHigher(BreakerSnapshot snapshot, BreakerSnapshot before) => snapshot.Generation == before.Generation
        ? snapshot.Revision >= before.Revision
        : snapshot.Generation.Number > before.Generation.Number && snapshot.CommandNumber >= before.CommandNumber;
}
