using Orleans;

namespace TaskerCore.Orleans;

/// <summary>All that one breaker's rules need of the configuration: its settings and the global ones that touch it.</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
[GenerateSerializer, Immutable, Alias("tc.policy")]
public sealed record BreakerPolicy
{
    /// <summary>The built-in defaults: what a worker uses until it was given settings or the cluster has answered (S19).</summary>
    public static BreakerPolicy BuiltIn { get; } = new();

    /// <summary>The breaker's own settings.</summary>
    [Id(0)] public BreakerSettings Settings { get; init; } = new();

    /// <summary>False: every call passes and is counted, nothing trips.</summary>
    [Id(1)] public bool Enabled { get; init; } = true;

    /// <summary>The least time between two automatic transitions of one activation (S9). 0–60 s, default 1 s.</summary>
    [Id(2)] public TimeSpan MinTransitionInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often totals are stored (S14). 0.1–3,600 s, default 30 s.</summary>
    [Id(3)] public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number that the directory gave the configuration this comes from; rises with each change (S18).</summary>
    [Id(4)] public long Version { get; init; }
}
