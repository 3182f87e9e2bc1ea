using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C6, S14: while the store is up a generation is stored at once, and totals at their interval.</summary>
internal sealed class StoringPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    /// <summary>What a write may take in a store that answers: one that is under way is awaited, and a conflict costs a read.</summary>
    private static readonly TimeSpan Write = TimeSpan.FromSeconds(0.1);

    /// <summary>A host that stood still hears then that its first read, or a write, failed before, and pauses before the next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    private (SimAuthority? Authority, TimeSpan Since) _lags;

    public override void OnWriting(SimAuthority authority)
    {
        if (authority.ReadAt is null)
        {
            Fail("C6 nothing is written before the store was read", $"{authority.Core.Generation} was to be");
        }
    }

    public override void OnStep(SimAuthority authority)
    {
        if (authority.StayIsStored || authority.Stay is not { } stay || World.Now - stay.Since <= Write || !MayExpect(authority))
        {
            return;
        }

        authority.StayIsStored = stay.Generation == Generation.Initial || Cluster.Store.Breaker.Row?.Machine.Lineage.Contains(stay.Generation) == true;
        if (!authority.StayIsStored)
        {
            Fail("C6 what is decided is stored at once", $"{stay.State} {stay.Generation} is since {stay.Since.TotalSeconds:0.000} s, the store has {Cluster.Store.Breaker.Row?.Machine.Generation}");
        }
    }

    public override void OnLook()
    {
        var authority = Cluster.LivingAuthorities.FirstOrDefault();
        var isDue = authority is not null && authority.Core.IsCreated && MayExpect(authority)
            && World.Now - Durations.Max(Durations.Max(Cluster.Store.Breaker.WrittenAt, authority.Host.FrozenUntil), authority.StartedAt) > Cluster.Policy.MetricsInterval * 1.02
            && Cluster.Store.Breaker.Row is var row && row?.Machine.Totals != authority.Totals

            // What the other side of a split wrote it learns with its next write.
            && (row?.Writer == authority.Incarnation || !World.Has(Fault.Split));
        if (!isDue || authority != _lags.Authority)
        {
            _lags = (isDue ? authority : null, World.Now);
        }
        else if (World.Now - _lags.Since > Write)
        {
            Fail("S14 totals are stored at their interval", $"{Cluster.Store.Breaker.WrittenAt.TotalSeconds:0.000} s was the last time");
        }
    }

    private bool MayExpect(SimAuthority authority) => !Cluster.IsSplit && Cluster.Store.IsWhole
        && authority.IsAwakeFor(authority.ReadAt is null || World.Has(Fault.Store) ? Pause : Write)
        && !(World.Now - authority.ReadAt <= Write);
}
