using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Settings that hold for every breaker of the cluster.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
[GenerateSerializer, Immutable, Alias("tc.global-settings")]
public sealed record GlobalSettings
{
    /// <summary>Breakers that may be created; one more is refused (S19). 1–100,000, default 50.</summary>
    [Id(0)] public int MaxCircuitBreakers { get; init; } = 50;

    /// <summary>How often totals are stored and cluster-wide metrics refreshed (S14). 0.1–3,600 s, default 30 s.</summary>
    [Id(1)] public TimeSpan MetricsCollectionInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a component that is not configured gets a breaker at its first use (S19). Default true.</summary>
    [Id(2)] public bool AutoCreateEnabled { get; init; } = true;

    /// <summary>The least time between two automatic transitions of one activation (S9). 0–60 s, default 1 s.</summary>
    [Id(3)] public TimeSpan MinStateTransitionInterval { get; init; } = TimeSpan.FromSeconds(1);
}
