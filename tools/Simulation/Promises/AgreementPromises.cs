using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>Some time after the last fault all agree, and the store has the newest (C5–C8, S4, S7, S18).</summary>
internal sealed class AgreementPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    public override void AtTheEnd(SimAuthority authority)
    {
        var details = authority.Core.Details(authority.Host.Now);
        foreach (var worker in Cluster.Workers)
        {
            if (worker.Core.Mode != BreakerMode.Connected && !(World.Options.EndsInSilence && worker.Core.Mode == BreakerMode.Isolated))
            {
                Fail("C8 the cluster's state wins on return", $"{worker.Name} is {worker.Core.Mode}");
            }

            if (worker.Core.Cluster.Generation != details.Generation)
            {
                Fail("C5 a lost push is made good", $"{worker.Name} has {Show(worker.Core.Cluster)}, the authority {details.State} {details.Generation}");
            }

            if (worker.Core.Cluster.Policy.Version != Cluster.Policy.Version)
            {
                Fail("S18 settings reach every worker", $"{worker.Name} has version {worker.Core.Cluster.Policy.Version} in {Show(worker.Core.Cluster)}, not {Cluster.Policy.Version}; the authority has {details.Policy.Version} in {details.Generation}");
            }
        }

        if (Cluster.Store.Breaker.Row?.Machine.Generation != details.Generation && !Cluster.MayBeUnread)
        {
            Fail("C6 the newest state is stored", $"the store has {Cluster.Store.Breaker.Row?.Machine.Generation}, the authority {details.Generation}");
        }

        if (details.State == BreakerState.Open)
        {
            Fail("S4 open ends without traffic", $"it is {details.State} still");
        }

        if (details.State == BreakerState.HalfOpen && !World.Options.EndsInSilence)
        {
            Fail("S7 half-open is left while there is traffic", $"it is {details.State} still");
        }
    }
}
