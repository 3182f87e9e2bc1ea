using System.Diagnostics;
using System.Text.Json.Nodes;
using Orleans;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>The same fan-out by Orleans' own means: one grain, an observer per worker, a call that makes it push.</summary>
internal static class BarePush
{
    public const string Start = "bare-watch";
    public const string Push = "bare-push";
    public const string Collect = "bare-collect";

    /// <summary>As many bytes as a snapshot takes.</summary>
    private const int PayloadBytes = 400;

    private static readonly Instants Heard = new();
    private static readonly BareObservers Observers = new();

    public static Task<object?> StartAsync(WorkerFleet fleet, JsonNode? with) =>
        Observers.SubscribeAsync(fleet, Grain(fleet), () => new BareObserver());

    public static async Task<object?> PushAsync(WorkerFleet fleet, JsonNode? with)
    {
        var pushed = Stopwatch.GetTimestamp();
        await Grain(fleet).PushAsync(new byte[PayloadBytes]);
        return pushed;
    }

    public static async Task<object?> CollectAsync(WorkerFleet fleet, JsonNode? with) => await Heard.TakeAsync(Observers.Count);

    private static IBareGrain Grain(WorkerFleet fleet) => fleet.Client.GetGrain<IBareGrain>("push");

    private sealed class BareObserver : IBareObserver
    {
        public ValueTask OnPushAsync(byte[] payload)
        {
            Heard.Note();
            return default;
        }
    }
}
