using System.Diagnostics;
using System.Text.Json.Nodes;
using Orleans;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>The messages of a rush for probes by Orleans' own means: a grain pushes to every worker, each calls back, and after the last
/// call that is needed the grain pushes again. Nothing is decided, kept or counted: it is the least that a machine can do it in.</summary>
internal static class BareRush
{
    public const string Start = "bare-rush-watch";
    public const string Begin = "bare-rush";
    public const string Collect = "bare-rush-collect";

    private const int PayloadBytes = 400;

    private static readonly Instants First = new();
    private static readonly Instants Second = new();
    private static readonly BareObservers Observers = new();

    public static Task<object?> StartAsync(WorkerFleet fleet, JsonNode? with)
    {
        var grain = Grain(fleet);
        return Observers.SubscribeAsync(fleet, grain, () => new BareObserver(grain));
    }

    public static async Task<object?> BeginAsync(WorkerFleet fleet, JsonNode? with)
    {
        await Grain(fleet).RushAsync(new byte[PayloadBytes], with!.GetValue<int>());
        return true;
    }

    /// <summary>When the first of them heard the first push, and the last of them the second.</summary>
    public static async Task<object?> CollectAsync(WorkerFleet fleet, JsonNode? with) =>
        new long[] { (await First.TakeAsync(Observers.Count)).Min(), (await Second.TakeAsync(Observers.Count)).Max() };

    private static IBareGrain Grain(WorkerFleet fleet) => fleet.Client.GetGrain<IBareGrain>("rush");

    private sealed class BareObserver(IBareGrain grain) : IBareObserver
    {
        public async ValueTask OnPushAsync(byte[] payload)
        {
            if (payload.Length == 0)
            {
                Second.Note();
                return;
            }

            First.Note();
            await grain.WantAsync();
        }
    }
}
