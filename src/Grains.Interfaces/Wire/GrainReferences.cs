using Orleans;
using Orleans.Runtime;

namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>The grains, by what they are for. Safe for any number of threads.</summary>
/// <remarks>Orleans reads an interface's attributes anew each time that it is asked for a grain by that interface (5 µs). Here it is asked
/// once for each interface, and by names that are known from then on.</remarks>
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
        private static Names? _names;

        public static TGrain Get(IGrainFactory grains, string key)
        {
            if (_names is { } names)
            {
                return (TGrain)grains.GetGrain(GrainId.Create(names.Type, key), names.Interface);
            }

            var grain = grains.GetGrain<TGrain>(key);
            _names = grain is GrainReference reference ? new Names(reference.GrainId.Type, reference.InterfaceType) : null;
            return grain;
        }

        private sealed record Names(GrainType Type, GrainInterfaceType Interface);
    }
}
