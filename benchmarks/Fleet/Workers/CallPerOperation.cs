using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using StackExchange.Redis;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Which design, how many callers at once, for how long.</summary>
/// <param name="Design"><c>ours</c>, <c>grain</c> or <c>redis</c>.</param>
/// <param name="Callers">Callers at once.</param>
/// <param name="Seconds">How long.</param>
/// <param name="Redis">Where the Redis server is.</param>
internal sealed record CallPerOperationPlan(string Design, int Callers, double Seconds, string? Redis);

/// <summary>Protected calls, and how long each took.</summary>
internal sealed record CallPerOperationResult(long Calls, double Seconds, double MedianMicroseconds, double P99Microseconds);

/// <summary>Protected calls of a component that answers at once: decided from the mirror; or the grain is asked before and told after; or
/// the state is kept on a Redis server and changed under a lock there, before and after each call.</summary>
internal static class CallPerOperation
{
    public const string Run = "call-per-operation";

    private static readonly Func<CancellationToken, ValueTask<int>> Operation = static _ => new(1);

    public static async Task<object?> RunAsync(WorkerFleet fleet, JsonNode? with)
    {
        var plan = with.Deserialize<CallPerOperationPlan>()!;
        switch (plan.Design)
        {
            case "ours":
                var breaker = fleet.Workers[0].Get("bench-closed");
                await WorkerFleet.ConnectedAsync([breaker]);
                return await MeasureAsync(plan, async () => await breaker.ExecuteAsync(Operation));
            case "grain":
                var grain = fleet.Client.GetGrain<IBareGrain>("call-per-operation");
                return await MeasureAsync(plan, async () =>
                {
                    if (await grain.AskAsync())
                    {
                        await Operation(default);
                        await grain.TellAsync(failed: false);
                    }
                });
            case "redis":
                await using (var redis = await ConnectionMultiplexer.ConnectAsync(plan.Redis!))
                {
                    var shared = new RedisBreaker(redis.GetDatabase());
                    return await MeasureAsync(plan, () => shared.ExecuteAsync(Operation));
                }

            default:
                throw new ArgumentException($"There is no design '{plan.Design}'.");
        }
    }

    private static async Task<CallPerOperationResult> MeasureAsync(CallPerOperationPlan plan, Func<Task> call)
    {
        await call();
        var begin = Stopwatch.GetTimestamp();
        var took = await Task.WhenAll(Enumerable.Range(0, plan.Callers).Select(_ => Task.Run(async () =>
        {
            var mine = new List<long>();
            long calls = 0;
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < plan.Seconds)
            {
                // A call may take less than reading the clock does: several share a reading.
                var before = Stopwatch.GetTimestamp();
                const int turn = 8;
                for (var number = 0; number < turn; number++)
                {
                    await call();
                }

                calls += turn;
                mine.Add((Stopwatch.GetTimestamp() - before) / turn);
            }

            return (Calls: calls, Took: mine);
        })));
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        long[] sorted = [.. took.SelectMany(caller => caller.Took).Order()];
        return new(took.Sum(caller => caller.Calls), seconds, Microseconds(sorted[sorted.Length / 2]), Microseconds(sorted[(int)(sorted.Length * 0.99)]));
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    /// <summary>The pattern of breakers that share a state through Redis: lock, read, write, unlock, once before the call and once after.</summary>
    private sealed class RedisBreaker(IDatabase redis)
    {
        private const int Threshold = 5;
        private static readonly RedisKey LockKey = "breaker:lock";
        private static readonly RedisKey StateKey = "breaker:state";
        private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
        private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(1);

        public async Task ExecuteAsync(Func<CancellationToken, ValueTask<int>> operation)
        {
            var admitted = await ChangeAsync(static state => state);
            if (admitted.Run < Threshold)
            {
                await operation(default);
                await ChangeAsync(static state => state with { Calls = state.Calls + 1, Run = 0 });
            }
        }

        private async Task<State> ChangeAsync(Func<State, State> change)
        {
            RedisValue token = Guid.NewGuid().ToString("N");
            while (!await redis.LockTakeAsync(LockKey, token, Lease))
            {
                await Task.Delay(Retry);
            }

            var stored = await redis.StringGetAsync(StateKey);
            var state = change(stored.HasValue ? JsonSerializer.Deserialize<State>((string)stored!)! : new State(0, 0));
            await redis.StringSetAsync(StateKey, JsonSerializer.Serialize(state));
            await redis.LockReleaseAsync(LockKey, token);
            return state;
        }

        private sealed record State(long Calls, int Run);
    }
}
