using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The complete configuration of a cluster's breakers, merged from its layers and validated.</summary>
/// <remarks>Immutable and thread-safe. Rules S15–S17: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.configuration")]
public sealed record CircuitBreakerConfiguration
{
    /// <summary>Gets whether breakers are enabled. If false, every call passes and is counted, and nothing trips. The default value is
    /// true.</summary>
    [Id(0)] public bool Enabled { get; init; } = true;

    /// <summary>Gets the settings that apply to every breaker.</summary>
    [Id(1)] public GlobalSettings Global { get; init; } = new();

    /// <summary>Gets the settings of components without their own.</summary>
    [Id(2)] public BreakerSettings Default { get; init; } = new();

    /// <summary>Gets the settings by component, already merged with <see cref="Default"/>. Names are case-sensitive.</summary>
    [Id(3)] public ImmutableSortedDictionary<string, BreakerSettings> Components { get; init; } =
        ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal);

    /// <summary>Returns whether the component, or the part of its name before the first <c>/</c>, is configured.</summary>
    /// <remarks>Rule S15: see <c>docs/rules.md</c>.</remarks>
    public bool IsConfigured(string component) => ConfiguredName(component) is not null;

    /// <summary>Returns the settings of a component: its own, those of the part before the <c>/</c>, or the default.</summary>
    /// <param name="component">A valid component name.</param>
    /// <param name="version">The version numbered by the directory; 0 if no cluster numbered it.</param>
    /// <remarks>Rule S15: see <c>docs/rules.md</c>.</remarks>
    public BreakerPolicy PolicyFor(string component, long version = 0) => new()
    {
        Settings = SettingsFor(component),
        Enabled = Enabled,
        MinTransitionInterval = Global.MinStateTransitionInterval,
        MetricsInterval = Global.MetricsCollectionInterval,
        Version = version,
    };

    /// <summary>Returns the identity of the content, equal for equal settings: the directory recognizes settings that it has seen (S18).</summary>
    internal string ContentHash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))[..32];

    /// <summary>Returns the name whose settings apply to the component: its own, or the part before the <c>/</c>; null for the default's
    /// (S15).</summary>
    internal string? ConfiguredName(string component)
    {
        if (Components.ContainsKey(component))
        {
            return component;
        }

        var slash = component.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && component[..slash] is var before && Components.ContainsKey(before) ? before : null;
    }

    /// <summary>Returns the settings that apply to the component (S15).</summary>
    internal BreakerSettings SettingsFor(string component) => ConfiguredName(component) is { } name ? Components[name] : Default;
}
