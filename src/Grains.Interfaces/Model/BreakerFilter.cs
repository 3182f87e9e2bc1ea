using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans;

/// <summary>Selects breakers for a query.</summary>
/// <param name="State">The state to select; null for all.</param>
[GenerateSerializer, Immutable, Alias("tc.filter")]
public sealed record BreakerFilter([property: Id(0)] BreakerState? State = null)
{
    /// <summary>Gets a filter that selects every breaker.</summary>
    public static BreakerFilter All { get; } = new();
}
