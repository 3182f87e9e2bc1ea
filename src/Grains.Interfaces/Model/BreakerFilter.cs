using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans;

/// <summary>Which breakers a cluster query is about.</summary>
/// <param name="State">Only those in this state; null for all.</param>
[GenerateSerializer, Immutable, Alias("tc.filter")]
public sealed record BreakerFilter([property: Id(0)] BreakerState? State = null)
{
    /// <summary>Every breaker.</summary>
    public static BreakerFilter All { get; } = new();
}
