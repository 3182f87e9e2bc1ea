using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The state of a silo's own settings.</summary>
internal enum ConfigurationState
{
    /// <summary>The cluster uses them.</summary>
    InForce = 0,

    /// <summary>The cluster uses newer ones of another silo.</summary>
    Superseded = 1,

    /// <summary>An edit of the silo's files is refused; the silo keeps the previous settings.</summary>
    Refused = 2,
}

/// <summary>A silo's report of its settings, sent every few seconds.</summary>
[GenerateSerializer, Immutable, Alias("tc.silo-configuration")]
internal sealed record SiloConfiguration
{
    /// <summary>The largest number of faults in one report.</summary>
    public const int MaxFaults = 20;

    /// <summary>The maximum length of a text in a report.</summary>
    public const int MaxLength = 1000;

    /// <summary>The silo's address.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>The environment whose overlay it reads; null: its settings come from code.</summary>
    [Id(1)] public string? Environment { get; init; }

    /// <summary>The hash of its last valid settings.</summary>
    [Id(2)] public required string ContentHash { get; init; }

    /// <summary>The edit that it refuses; null: none.</summary>
    [Id(3)] public ConfigurationRefusal? Refused { get; init; }

    /// <summary>Where its settings stand.</summary>
    /// <param name="inForce">The hash of the settings in force; null: none are known.</param>
    public ConfigurationState? StateIn(string? inForce) =>
        Refused is not null ? ConfigurationState.Refused
        : inForce is null ? null
        : inForce == ContentHash ? ConfigurationState.InForce : ConfigurationState.Superseded;

    /// <summary>Whether a report that came over the wire is whole and not too large.</summary>
    public static bool Holds(SiloConfiguration? report) =>
        report is { Silo.Length: > 0 and <= MaxLength, ContentHash.Length: > 0 and <= MaxLength, Environment: null or { Length: <= MaxLength } }
        && (report.Refused is not { } refused || (!refused.Faults.IsDefault && refused.Faults.Length <= MaxFaults && refused.Faults.All(Holds)));

    private static bool Holds(ConfigurationProblem? fault) =>
        fault is { Source.Length: <= MaxLength, Path.Length: <= MaxLength, Message.Length: <= MaxLength };
}

/// <summary>An edit of a silo's files that it refuses.</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-refusal")]
internal sealed record ConfigurationRefusal
{
    /// <summary>When it was refused.</summary>
    [Id(0)] public DateTimeOffset Since { get; init; }

    /// <summary>What is wrong, the first of them.</summary>
    [Id(1)] public required ImmutableArray<ConfigurationProblem> Faults { get; init; }

    /// <summary>How many faults there are.</summary>
    [Id(2)] public int Count { get; init; }
}

/// <summary>One fault of a silo's files.</summary>
/// <param name="Source">Where: <c>file:line:column</c>, the file without its folder.</param>
/// <param name="Path">The key's path; empty: the file as a whole.</param>
/// <param name="Message">What was found, and what is allowed.</param>
[GenerateSerializer, Immutable, Alias("tc.configuration-problem")]
internal sealed record ConfigurationProblem([property: Id(0)] string Source, [property: Id(1)] string Path, [property: Id(2)] string Message)
{
    public override string ToString() => Path.Length == 0 ? $"{Source}: {Message}" : $"{Source}: {Path}: {Message}";
}

/// <summary>Which settings are in force, where they come from, and where each silo's own stand.</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-overview")]
internal sealed record ConfigurationOverview
{
    /// <summary>The number of the settings in force.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The hash of their content; null: no silo has offered any yet.</summary>
    [Id(1)] public string? ContentHash { get; init; }

    /// <summary>Since when they are in force; null: it is not known.</summary>
    [Id(2)] public DateTimeOffset? Since { get; init; }

    /// <summary>The silo that brought them; null: it is not known.</summary>
    [Id(3)] public string? From { get; init; }

    /// <summary>The silos that reported of late, by address.</summary>
    [Id(4)] public ImmutableArray<SiloConfiguration> Silos { get; init; } = [];

    /// <summary>The environments that the silos run with, in any case one, each with its silos; more than one is a fault.</summary>
    public IReadOnlyList<(string Environment, IReadOnlyList<string> Silos)> Environments =>
    [
        .. Silos.Where(silo => silo.Environment is not null)
            .GroupBy(silo => silo.Environment!, StringComparer.OrdinalIgnoreCase)
            .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
            .Select(group => (group.Key, (IReadOnlyList<string>)[.. group.Select(silo => silo.Silo)])),
    ];

    /// <summary>That silos run with different environments; null: they do not.</summary>
    public string? DifferentEnvironments => Environments is { Count: > 1 } several
        ? "the silos run with different environments: " + string.Join("; ", several.Select(one => $"{one.Environment}: {string.Join(", ", one.Silos)}"))
        : null;
}
