using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The whole configuration of a cluster's breakers, merged from its layers and checked (S15–S17).</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
[GenerateSerializer, Immutable, Alias("tc.configuration")]
public sealed record CircuitBreakerConfiguration
{
    /// <summary>False: every call passes and is counted, nothing trips. Default true.</summary>
    [Id(0)] public bool Enabled { get; init; } = true;

    /// <summary>Settings that hold for every breaker.</summary>
    [Id(1)] public GlobalSettings Global { get; init; } = new();

    /// <summary>Settings of a component that has none of its own.</summary>
    [Id(2)] public BreakerSettings Default { get; init; } = new();

    /// <summary>Settings by component, already laid over <see cref="Default"/>. Names are case-sensitive.</summary>
    [Id(3)] public ImmutableSortedDictionary<string, BreakerSettings> Components { get; init; } =
        ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal);

    /// <summary>Whether the component counts as configured: itself, or the part of its name before the first <c>/</c> (S15).</summary>
    public bool IsConfigured(string component) => ConfiguredName(component) is not null;

    /// <summary>What holds for the component: its own settings, those of the part before the <c>/</c>, or the default (S15).</summary>
    /// <param name="component">A valid component name.</param>
    /// <param name="version">The number that the directory gave this configuration; 0 when no cluster numbered it.</param>
    public BreakerPolicy PolicyFor(string component, long version = 0) => new()
    {
        Settings = SettingsFor(component),
        Enabled = Enabled,
        MinTransitionInterval = Global.MinStateTransitionInterval,
        MetricsInterval = Global.MetricsCollectionInterval,
        Version = version,
    };

    /// <summary>Content that was seen before is known by it (S18): the same for equal settings.</summary>
    internal string ContentHash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))[..32];

    /// <summary>Whose settings the component takes: its own, those of the part before the <c>/</c>; null: the default's (S15).</summary>
    internal string? ConfiguredName(string component)
    {
        if (Components.ContainsKey(component))
        {
            return component;
        }

        var slash = component.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && component[..slash] is var before && Components.ContainsKey(before) ? before : null;
    }

    /// <summary>The settings that hold for the component (S15).</summary>
    internal BreakerSettings SettingsFor(string component) => ConfiguredName(component) is { } name ? Components[name] : Default;
}
