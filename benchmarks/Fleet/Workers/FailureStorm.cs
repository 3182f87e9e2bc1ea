using System.Diagnostics;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Every worker calls as fast as it can: a component that fails every call, or the bare grain.</summary>
internal static class FailureStorm
{
    public const string Run = "storm";
    public const string Bare = "bare-storm";

    private const int Turn = 64;
    private static readonly Func<CancellationToken, ValueTask<bool>> Failing = static _ => new(false);

    /// <summary>Failing calls for as many seconds as it is given; how many were made.</summary>
    public static async Task<object?> RunAsync(WorkerFleet fleet, JsonNode? with)
    {
        var breakers = await fleet.ConnectedAsync("bench-storm");
        return await ForAsync(with!.GetValue<double>(), breakers, static async breaker =>
        {
            // A worker that never waits would keep the others, and what reports, from the processor.
            await Task.Yield();
            for (var number = 0; number < Turn; number++)
            {
                var outcome = await breaker.TryExecuteAsync(Failing);
                if (outcome.IsRejected)
                {
                    throw new InvalidOperationException("A call was rejected: the breaker is not forced closed.");
                }
            }

            return Turn;
        });
    }

    /// <summary>Calls of one grain for as many seconds as it is given, one at a time by each worker; how many were answered.</summary>
    public static Task<object?> BareAsync(WorkerFleet fleet, JsonNode? with) =>
        ForAsync(with!.GetValue<double>(), Enumerable.Repeat(fleet.Client.GetGrain<IBareGrain>("storm"), fleet.Workers.Count), static async grain =>
        {
            await grain.CallAsync();
            return 1;
        });

    private static async Task<object?> ForAsync<T>(double seconds, IEnumerable<T> callers, Func<T, ValueTask<int>> call)
    {
        var begin = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(callers.Select(caller => Task.Run(async () =>
        {
            long count = 0;
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
            {
                count += await call(caller);
            }

            return count;
        })));
        return counts.Sum();
    }
}
