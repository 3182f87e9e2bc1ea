using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.Telemetry;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

public sealed class CircuitTelemetryTests
{
    [Fact]
    public void A_breakers_life_is_told_under_the_names_and_severities_of_pollys_own()
    {
        using var worker = new LocalWorker();
        var log = new TelemetryLog();
        var builder = worker.NewPipeline();
        builder.TelemetryListener = log;
        var pipeline = builder.AddClusterCircuitBreaker(worker.Breaker).Build();

        Fail(pipeline);
        Assert.Empty(log.Events);
        Fail(pipeline);
        Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1));
        worker.Clock.Advance(TimeSpan.FromSeconds(30));
        pipeline.Execute(() => 1);
        pipeline.Execute(() => 1);

        Assert.Equal(
            [
                ("OnCircuitOpened", ResilienceEventSeverity.Error), ("OnCircuitRejected", ResilienceEventSeverity.Debug),
                ("OnCircuitHalfOpened", ResilienceEventSeverity.Warning), ("OnCircuitClosed", ResilienceEventSeverity.Information),
            ],
            log.Events.Select(told => (told.Event.EventName, told.Event.Severity)));
        Assert.All(log.Events, told => Assert.Equal("ClusterCircuitBreaker", told.Strategy));
        var opened = Assert.IsType<OnCircuitTransitionArguments>(log.Events[0].Arguments);
        Assert.Equal(
            ("pgmq", BreakerState.Open, TransitionCause.ConsecutiveFailures),
            (opened.Snapshot.Component, opened.Snapshot.State, opened.Snapshot.LastTransition!.Cause));
        var rejected = Assert.IsType<OnCircuitRejectedArguments>(log.Events[1].Arguments);
        Assert.Equal(BreakerState.Open, rejected.Rejection.State);
        Assert.IsType<CircuitOpenException>(log.Events[1].Exception);
    }

    [Fact]
    public void Pollys_meter_counts_each_rejection()
    {
        var counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument is { Meter.Name: "Polly", Name: "resilience.polly.strategy.events" })
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, count, tags, _) =>
        {
            var told = tags.ToArray().ToDictionary();
            var isOurs = told.GetValueOrDefault("pipeline.name") is nameof(Pollys_meter_counts_each_rejection);
            counted += isOurs && told["event.name"] is "OnCircuitRejected" && told["exception.type"] is "TaskerCore.Orleans.Client.CircuitOpenException"
                ? count
                : 0;
        });
        listener.Start();
        var pipeline = new ResiliencePipelineBuilder { Name = nameof(Pollys_meter_counts_each_rejection) }
            .ConfigureTelemetry(NullLoggerFactory.Instance)
            .AddClusterCircuitBreaker(new CircuitBreaker(new FakeMirror(BreakerState.Open), OutcomeClassifier.Default))
            .Build();

        Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1));
        Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1));

        Assert.Equal(2, counted);
    }

    [Fact]
    public void What_others_caused_is_told_with_the_next_call_and_only_where_it_led()
    {
        var mirror = new FakeMirror();
        var (log, pipeline) = Told(mirror);

        mirror.Become(BreakerState.Open);
        mirror.Become(BreakerState.HalfOpen);
        mirror.Become(BreakerState.ForcedOpen);
        Assert.Empty(log.Events);
        Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1));
        Assert.Throws<CircuitOpenException>(() => pipeline.Execute(() => 1));
        mirror.Become(BreakerState.ForcedClosed);
        pipeline.Execute(() => 1);

        Assert.Equal(["OnCircuitOpened", "OnCircuitRejected", "OnCircuitRejected", "OnCircuitClosed"], log.Names);
    }

    [Fact]
    public void A_circuit_that_is_closed_before_and_after_is_not_told_of()
    {
        var mirror = new FakeMirror();
        var (log, pipeline) = Told(mirror);

        mirror.Become(BreakerState.Closed);
        pipeline.Execute(() => 1);
        mirror.Become(BreakerState.ForcedClosed);
        pipeline.Execute(() => 1);

        Assert.Empty(log.Events);
    }

    [Fact]
    public void S19_a_refusal_is_no_rejection()
    {
        var mirror = new FakeMirror();
        var (log, pipeline) = Told(mirror);
        mirror.Become(BreakerState.Closed, new BreakerRefusal(RefusalKind.LimitReached, "50 exist"));

        Assert.Throws<BreakerRefusedException>(() => pipeline.Execute(() => 1));

        Assert.Empty(log.Events);
    }

    [Fact]
    public void Many_calls_at_once_tell_of_a_transition_once()
    {
        var mirror = new FakeMirror();
        var (log, pipeline) = Told(mirror);
        const int transitions = 50;

        for (var transition = 0; transition < transitions; transition++)
        {
            mirror.Become(transition % 2 == 0 ? BreakerState.ForcedOpen : BreakerState.ForcedClosed);
            Parallel.For(0, 8, _ => Record.Exception(() => pipeline.Execute(() => 1)));
        }

        Assert.Equal(transitions, log.Names.Count(name => name is "OnCircuitOpened" or "OnCircuitClosed"));
        Assert.Equal(transitions / 2 * 8, log.Names.Count(name => name == "OnCircuitRejected"));
    }

    private static (TelemetryLog Log, ResiliencePipeline Pipeline) Told(FakeMirror mirror)
    {
        var log = new TelemetryLog();
        var builder = new ResiliencePipelineBuilder { TelemetryListener = log };
        return (log, builder.AddClusterCircuitBreaker(new CircuitBreaker(mirror, OutcomeClassifier.Default)).Build());
    }

    private static void Fail(ResiliencePipeline pipeline) => Assert.Throws<IOException>(() => pipeline.Execute(() => throw new IOException("down")));
}
