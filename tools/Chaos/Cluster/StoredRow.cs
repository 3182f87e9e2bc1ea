using System.Text.Json.Nodes;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>A breaker's row in Postgres.</summary>
internal sealed record StoredRow(string State, string Generation)
{
    /// <summary>Reads the row of the breaker that the scenario is about.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static async Task<StoredRow> ReadAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        await using var command = cluster.Store.CreateCommand(
            "SELECT convert_from(payload, 'UTF8') FROM taskercore.grain_state WHERE state_name LIKE '%breaker%' AND grain_key LIKE '%' || $1 AND payload IS NOT NULL");
        command.Parameters.Add(new() { Value = cluster.Component });
        var json = await command.ExecuteScalarAsync(cancellationToken) as string
            ?? throw new InvalidOperationException($"Postgres has no row of '{cluster.Component}'.");
        var machine = JsonNode.Parse(json)!["Machine"]!;
        var generation = new Generation(
            machine[nameof(Generation)]!["Number"]!.GetValue<long>(), machine[nameof(Generation)]!["Incarnation"]!.GetValue<Guid>());
        return new(
            machine[nameof(State)]!.GetValue<string>(), generation.ToString());
    }
}
