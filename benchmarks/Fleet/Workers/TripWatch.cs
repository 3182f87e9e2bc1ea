using System.Diagnostics;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Notes when each worker rejects.</summary>
internal static class TripWatch
{
    public const string Start = "trip-watch";
    public const string Trip = "trip";
    public const string Collect = "trip-collect";

    private static readonly Func<CancellationToken, ValueTask<bool>> Failing = static _ => new(false);
    private static readonly Instants Rejecting = new();
    private static IReadOnlyList<ICircuitBreaker> _breakers = [];

    /// <summary>Connects every worker and follows its breaker from now on.</summary>
    public static async Task<object?> StartAsync(WorkerFleet fleet, JsonNode? with)
    {
        _breakers = await fleet.ConnectedAsync("bench-trip");
        foreach (var breaker in _breakers)
        {
            _ = FollowAsync(breaker);
        }

        return _breakers.Count;
    }

    /// <summary>The first worker's call fails; the instant at which the failure was counted.</summary>
    public static async Task<object?> TripAsync(WorkerFleet fleet, JsonNode? with)
    {
        await _breakers[0].WaitUntilAdmittingAsync();
        var failed = Stopwatch.GetTimestamp();
        var outcome = await _breakers[0].TryExecuteAsync(Failing);
        return outcome.IsRejected ? throw new InvalidOperationException("The call that was to fail was rejected.") : failed;
    }

    /// <summary>The instants since the last collection at which workers began to reject, once there is one of each; and all admit again when
    /// asked next.</summary>
    public static async Task<object?> CollectAsync(WorkerFleet fleet, JsonNode? with) => await Rejecting.TakeAsync(_breakers.Count);

    private static async Task FollowAsync(ICircuitBreaker breaker)
    {
        await foreach (var transition in breaker.WatchTransitionsAsync())
        {
            if (transition.To == BreakerState.Open && (await breaker.TryExecuteAsync(Failing)).IsRejected)
            {
                Rejecting.Note();
            }
        }
    }
}
