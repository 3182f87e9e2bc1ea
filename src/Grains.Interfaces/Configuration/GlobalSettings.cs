using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The settings that apply to every breaker of the cluster.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
[GenerateSerializer, Immutable, Alias("tc.global-settings")]
public sealed record GlobalSettings
{
    /// <summary>Gets the largest number of breakers; further ones are refused. 1–100,000. The default value is 50.</summary>
    /// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
    [Id(0)] public int MaxCircuitBreakers { get; init; } = 50;

    /// <summary>Gets the interval at which totals are stored and cluster-wide metrics refreshed. 0.1–3,600 s. The default value is 30 s.</summary>
    /// <remarks>Rule S14: see <c>docs/rules.md</c>.</remarks>
    [Id(1)] public TimeSpan MetricsCollectionInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets whether a component that is not configured gets a breaker at its first use. The default value is true.</summary>
    /// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
    [Id(2)] public bool AutoCreateEnabled { get; init; } = true;

    /// <summary>Gets the shortest time between two automatic transitions of one activation. 0–60 s. The default value is 1 s.</summary>
    /// <remarks>Rule S9: see <c>docs/rules.md</c>.</remarks>
    [Id(3)] public TimeSpan MinStateTransitionInterval { get; init; } = TimeSpan.FromSeconds(1);
}
