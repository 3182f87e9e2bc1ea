using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The settings that one breaker's rules need: its own and the global ones that apply to it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
[GenerateSerializer, Immutable, Alias("tc.policy")]
public sealed record BreakerPolicy
{
    /// <summary>Gets the built-in defaults, in use until a worker has other settings or the cluster has answered.</summary>
    /// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
    public static BreakerPolicy BuiltIn { get; } = new();

    /// <summary>Gets the breaker's own settings.</summary>
    [Id(0)] public BreakerSettings Settings { get; init; } = new();

    /// <summary>Gets whether breakers are enabled. If false, every call passes and is counted, and nothing trips. The default value is
    /// true.</summary>
    [Id(1)] public bool Enabled { get; init; } = true;

    /// <summary>Gets the shortest time between two automatic transitions of one activation. 0–60 s. The default value is 1 s.</summary>
    /// <remarks>Rule S9: see <c>docs/rules.md</c>.</remarks>
    [Id(2)] public TimeSpan MinTransitionInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the interval at which totals are stored. 0.1–3,600 s. The default value is 30 s.</summary>
    /// <remarks>Rule S14: see <c>docs/rules.md</c>.</remarks>
    [Id(3)] public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the version of the configuration, numbered by the directory; it rises with each change.</summary>
    /// <remarks>Rule S18: see <c>docs/rules.md</c>.</remarks>
    [Id(4)] public long Version { get; init; }
}
