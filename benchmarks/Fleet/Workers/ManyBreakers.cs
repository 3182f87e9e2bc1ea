using System.Text.Json;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Which breakers every worker is to use from now on.</summary>
internal sealed record ManyBreakersPlan(string Prefix, int From, int To);

/// <summary>Workers that use many breakers, and call none.</summary>
internal static class ManyBreakers
{
    public const string Use = "use";

    /// <summary>Connects them; the bytes that are alive in this process's heap then.</summary>
    public static async Task<object?> UseAsync(WorkerFleet fleet, JsonNode? with)
    {
        var plan = with.Deserialize<ManyBreakersPlan>()!;
        ICircuitBreaker[] breakers =
        [
            .. from worker in fleet.Workers
               from number in Enumerable.Range(plan.From, plan.To - plan.From)
               select worker.Get($"{plan.Prefix}{number}"),
        ];
        await WorkerFleet.ConnectedAsync(breakers);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
