using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>What workers that all want to probe have seen, in ticks of the monotonic clock.</summary>
/// <param name="HalfOpen">When the first of them knew that it is half-open.</param>
/// <param name="Closed">When the last of them knew that it is closed.</param>
/// <param name="Begun">When each probe began.</param>
/// <param name="Ended">When each probe ended.</param>
/// <param name="RemoteCalls">The calls to the cluster between half-open and closed.</param>
internal sealed record ProbeRushResult(long HalfOpen, long Closed, IReadOnlyList<long> Begun, IReadOnlyList<long> Ended, long RemoteCalls);

/// <summary>Every worker calls whenever it is not rejected.</summary>
internal static class ProbeRush
{
    public const string Trip = "rush-trip";
    public const string Start = "rush";
    public const string Collect = "rush-collect";

    private static readonly ConcurrentQueue<long> Begun = new();
    private static readonly ConcurrentQueue<long> Ended = new();
    private static IReadOnlyList<Task> _callers = [];
    private static long _halfOpen;
    private static long _closed;
    private static long _callsBefore;

    /// <summary>The first worker's call fails, which opens the circuit.</summary>
    public static async Task<object?> TripAsync(WorkerFleet fleet, JsonNode? with)
    {
        var breakers = await fleet.ConnectedAsync("bench-rush");
        return !(await breakers[0].TryExecuteAsync(static _ => new ValueTask<bool>(false))).IsRejected;
    }

    /// <summary>Connects every worker; from the next opening on each waits until it may call.</summary>
    public static async Task<object?> StartAsync(WorkerFleet fleet, JsonNode? with)
    {
        var breakers = await fleet.ConnectedAsync("bench-rush");
        (_halfOpen, _closed) = (0, 0);
        _callers = [.. breakers.Select(breaker => CallAsync(fleet, breaker))];
        return breakers.Count;
    }

    public static async Task<object?> CollectAsync(WorkerFleet fleet, JsonNode? with)
    {
        await Task.WhenAll(_callers).WaitAsync(TimeSpan.FromSeconds(30));
        var result = new ProbeRushResult(_halfOpen, _closed, [.. Begun], [.. Ended], fleet.RemoteCalls - _callsBefore);
        Begun.Clear();
        Ended.Clear();
        return result;
    }

    private static async Task CallAsync(WorkerFleet fleet, ICircuitBreaker breaker)
    {
        await foreach (var transition in breaker.WatchTransitionsAsync())
        {
            if (transition.To == BreakerState.Open)
            {
                break;
            }
        }

        while (true)
        {
            await breaker.WaitUntilAdmittingAsync();
            if (Interlocked.CompareExchange(ref _halfOpen, Stopwatch.GetTimestamp(), 0) == 0)
            {
                _callsBefore = fleet.RemoteCalls;
            }

            if (breaker.Snapshot.State == BreakerState.Closed)
            {
                Volatile.Write(ref _closed, Stopwatch.GetTimestamp());
                return;
            }

            await breaker.TryExecuteAsync(ProbeAsync, breaker);
        }
    }

    private static async ValueTask<bool> ProbeAsync(ICircuitBreaker breaker, CancellationToken cancellationToken)
    {
        if (breaker.Snapshot.State == BreakerState.Closed)
        {
            return true;
        }

        Begun.Enqueue(Stopwatch.GetTimestamp());
        await Task.Yield();
        Ended.Enqueue(Stopwatch.GetTimestamp());
        return true;
    }
}
