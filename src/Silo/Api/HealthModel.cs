using System.Text.Json.Serialization;

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

    public required BreakersHealthModel Breakers { get; init; }
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
