using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>Returns references to the grains. Thread-safe.</summary>
/// <remarks>Orleans reads an interface's attributes at each request for a grain by that interface (5 µs). Here it is requested once per interface
/// and client, and by known names from then on: another cluster in the same process may lack the grain, and reports that only for a request by
/// interface.</remarks>
internal static class GrainReferences
{
    /// <summary>The authority of a component's breaker.</summary>
    public static ICircuitBreakerGrain Breaker(this IGrainFactory grains, string component) =>
        Named<ICircuitBreakerGrain>.Get(grains, GrainKeys.Breaker(component));

    /// <summary>The hub with that key.</summary>
    public static IWorkerHubGrain Hub(this IGrainFactory grains, string key) => Named<IWorkerHubGrain>.Get(grains, key);

    /// <summary>The one directory.</summary>
    public static IBreakerDirectoryGrain Directory(this IGrainFactory grains) => Named<IBreakerDirectoryGrain>.Get(grains, GrainKeys.Directory);

    private static class Named<TGrain>
        where TGrain : IGrainWithStringKey
    {
        private static readonly ConditionalWeakTable<IGrainFactory, Names> Known = [];

        public static TGrain Get(IGrainFactory grains, string key)
        {
            if (Known.TryGetValue(grains, out var names))
            {
                return (TGrain)grains.GetGrain(GrainId.Create(names.Type, key), names.Interface);
            }

            var grain = grains.GetGrain<TGrain>(key);
            if (grain is GrainReference reference)
            {
                Known.AddOrUpdate(grains, new Names(reference.GrainId.Type, reference.InterfaceType));
            }

            return grain;
        }

        private sealed record Names(GrainType Type, GrainInterfaceType Interface);
    }
}
