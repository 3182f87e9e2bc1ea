using Orleans;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>An observer of a bare grain for each worker of this process, which lets them not be collected: Orleans holds them weakly.</summary>
internal sealed class BareObservers
{
    private readonly List<IBareObserver> _all = [];

    public int Count => _all.Count;

    /// <summary>Subscribes one for each worker.</summary>
    public async Task<object?> SubscribeAsync(WorkerFleet fleet, IBareGrain grain, Func<IBareObserver> make)
    {
        foreach (var _ in fleet.Workers)
        {
            var observer = make();
            _all.Add(observer);
            await grain.SubscribeAsync(fleet.Client.CreateObjectReference<IBareObserver>(observer));
        }

        return Count;
    }
}
