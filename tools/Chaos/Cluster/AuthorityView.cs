using System.Text.Json.Nodes;
using TaskerCore.Orleans.Chaos.LoadWorker;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>A breaker as the HTTP API tells of it.</summary>
/// <param name="State">As the API writes it: <c>half_open</c>.</param>
/// <param name="Generation">As the API writes it.</param>
/// <param name="Silo">Where its authority is.</param>
/// <param name="IsStored">Whether the generation that is in force is in Postgres.</param>
/// <param name="Counts">The totals that workers can count too.</param>
/// <param name="Late">Outcomes of another generation than the one that admitted them.</param>
/// <param name="ProbesOutstanding">Permits that are given.</param>
/// <param name="FailureThreshold">From the settings in force.</param>
internal sealed record AuthorityView(
    string State, string Generation, string? Silo, bool IsStored, LoadCounts Counts, long Late, int ProbesOutstanding, int FailureThreshold)
{
    /// <summary>Reads the API's answer; null when the breaker's authority gave none itself.</summary>
    public static AuthorityView? Of(JsonNode breaker)
    {
        if (!breaker["answering"]!.GetValue<bool>())
        {
            return null;
        }

        var counts = breaker["counts"]!;
        return new(
            breaker["state"]!.GetValue<string>(),
            breaker["generation"]!.GetValue<string>(),
            breaker["silo"]?.GetValue<string>(),
            breaker["stored"]!.GetValue<bool>(),
            new(Count("successes"), Count("failures"), Count("ignored"), Count("rejected")),
            Count("late"),
            breaker["probes_outstanding"]!.GetValue<int>(),
            breaker["settings"]!["failure_threshold"]!.GetValue<int>());

        long Count(string name) => counts[name]!.GetValue<long>();
    }
}

/// <summary>One entry of a breaker's history.</summary>
internal sealed record HistoryEntry(string From, string To, string Generation, string Cause, string? Worker)
{
    public static HistoryEntry Of(JsonNode entry) => new(
        entry["from"]!.GetValue<string>(),
        entry["to"]!.GetValue<string>(),
        entry["generation"]!.GetValue<string>(),
        entry["cause"]!.GetValue<string>(),
        entry["worker"]?.GetValue<string>());
}
