using System.Collections.Concurrent;
using Polly.Telemetry;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>What a pipeline tells Polly's telemetry, but for what every pipeline tells.</summary>
internal sealed class TelemetryLog : TelemetryListener
{
    private readonly ConcurrentQueue<(ResilienceEvent Event, string? Strategy, object? Arguments, Exception? Exception)> _events = new();

    public IReadOnlyList<(ResilienceEvent Event, string? Strategy, object? Arguments, Exception? Exception)> Events => [.. _events];

    public IEnumerable<string> Names => _events.Select(told => told.Event.EventName);

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        if (!args.Event.EventName.StartsWith("Pipeline", StringComparison.Ordinal))
        {
            _events.Enqueue((args.Event, args.Source.StrategyName, args.Arguments, args.Outcome?.Exception));
        }
    }
}
