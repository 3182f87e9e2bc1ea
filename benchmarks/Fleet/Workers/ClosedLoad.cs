using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>How many calls to make.</summary>
internal sealed record ClosedLoadPlan(string Component, double CallsPerSecond, double Seconds);

/// <summary>What was made of it.</summary>
internal sealed record ClosedLoadResult(long Calls, double Seconds, long RemoteCalls);

/// <summary>Closed calls at a steady rate, all by the first worker.</summary>
internal static class ClosedLoad
{
    public const string Run = "closed-load";

    public static async Task<object?> RunAsync(WorkerFleet fleet, JsonNode? with)
    {
        var plan = with.Deserialize<ClosedLoadPlan>()!;
        var breaker = fleet.Workers[0].Get(plan.Component);
        await WorkerFleet.ConnectedAsync([breaker]);

        // What greets the cluster is over after the first flush.
        await Task.Delay(TimeSpan.FromSeconds(6));
        var callsBefore = fleet.RemoteCalls;
        var begin = Stopwatch.GetTimestamp();
        long made = 0;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < plan.Seconds && await pace.WaitForNextTickAsync())
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(begin).TotalSeconds * plan.CallsPerSecond); made < due; made++)
            {
                await breaker.ExecuteAsync(static _ => default(ValueTask));
            }
        }

        return new ClosedLoadResult(made, Stopwatch.GetElapsedTime(begin).TotalSeconds, fleet.RemoteCalls - callsBefore);
    }
}
