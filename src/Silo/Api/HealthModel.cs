using System.Text.Json.Serialization;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>How the silo stands.</summary>
internal record HealthModel
{
    public const string Healthy = "healthy";

    /// <summary>It serves, and something is to be looked at.</summary>
    public const string Degraded = "degraded";

    /// <summary>It does not serve.</summary>
    public const string Unhealthy = "unhealthy";

    /// <summary>One of the three.</summary>
    [JsonPropertyOrder(-2)]
    public required string Status { get; init; }

    /// <summary>Why it is not healthy.</summary>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<string> Reasons { get; init; }
}

/// <summary>How the silo stands, and what it knows of the cluster.</summary>
internal sealed record DetailedHealthModel : HealthModel
{
    public required string Version { get; init; }

    public required double UptimeSeconds { get; init; }

    /// <summary>Null: the silo has none.</summary>
    public required PostgresHealthModel? Postgres { get; init; }

    /// <summary>Null: the silo has not joined.</summary>
    public required ClusterHealthModel? Cluster { get; init; }

    public required ConfigurationHealthModel Configuration { get; init; }

    public required BreakersHealthModel Breakers { get; init; }
}

/// <summary>Where this silo's settings stand: <c>in_force</c>, <c>superseded</c>, <c>refused</c>; null before the cluster has answered.</summary>
/// <param name="State">The state.</param>
/// <param name="Since">Since when the edit is refused, or the settings of another silo are in force; null while they are in force.</param>
/// <param name="By">The silo whose settings supersede this one's.</param>
/// <param name="Environment">The environment of this silo's settings.</param>
/// <param name="Faults">Why the edit is refused, the first of them.</param>
/// <param name="OtherSilos">Other silos whose settings are not in force.</param>
internal sealed record ConfigurationHealthModel(
    string? State, DateTimeOffset? Since, string? By, string? Environment, IReadOnlyList<string> Faults, IReadOnlyDictionary<string, string> OtherSilos)
{
    public static ConfigurationHealthModel Of(LocalConfiguration configuration)
    {
        var (own, cluster) = (configuration.Report, configuration.Cluster);
        var state = own.StateIn(cluster?.ContentHash);
        var isSuperseded = state == ConfigurationState.Superseded;
        return new(
            state is { } known ? SnakeCase.Of(known) : null,
            own.Refused?.Since ?? (isSuperseded ? cluster?.Since : null),
            isSuperseded ? cluster?.From : null,
            own.Environment,
            [.. (own.Refused?.Faults ?? []).Select(fault => fault.ToString())],
            (cluster?.Silos ?? []).Where(silo => silo.Silo != own.Silo)
                .Select(silo => (silo.Silo, State: silo.StateIn(cluster!.ContentHash)))
                .Where(silo => silo.State is not (null or ConfigurationState.InForce))
                .ToDictionary(silo => silo.Silo, silo => SnakeCase.Of(silo.State!.Value)));
    }
}

/// <summary>Whether Postgres answered when it was last asked and takes writes, and by how much its clock is ahead of this silo's; nulls before the first
/// time.</summary>
internal sealed record PostgresHealthModel(bool? Reachable, bool? Writable, string? Reason, double? AskedSecondsAgo, double? ClockAheadSeconds);

/// <summary>The silos that are up, as this one sees the cluster.</summary>
internal sealed record ClusterHealthModel(int SilosUp, IReadOnlyList<string> Silos);

/// <summary>The cluster's breakers by state, at most 100 of a state by name; no summary, and the reason, where the cluster did not answer.</summary>
internal sealed record BreakersHealthModel(
    SummaryModel? Summary, IReadOnlyList<string> Open, IReadOnlyList<string> ForcedOpen, IReadOnlyList<string> HalfOpen, int NotAnswering, string? Reason)
{
    public static BreakersHealthModel Unknown(string reason) => new(null, [], [], [], 0, reason);
}
