using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Cluster;

/// <summary>What silos and workers tell those who watch, on grains of several silos.</summary>
public sealed class TelemetryTests
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, Timeout = TimeSpan.FromSeconds(1), SuccessThreshold = 2 };

    [Fact]
    public async Task Each_breaker_is_told_of_by_one_silo_and_after_its_move_by_the_one_that_has_it_then()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick with { Timeout = TimeSpan.FromSeconds(60) }, "moving");
        using var states = new GaugeOf("taskercore.circuit_breaker.state", "moving");
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker("moving").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await TellsAsync(0);
        for (var failure = 0; failure < 3; failure++)
        {
            a.Breaker("moving").Fail();
        }

        await a.Breaker("moving").UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        await TellsAsync(2);

        await fleet.Cluster.KillSiloAsync(fleet.Cluster.Silos[1]);
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("moving")) is { IsAnswering: true, State: BreakerState.Open });

        await TellsAsync(2);

        // Workers are told first: a reading may come a moment after.
        Task TellsAsync(double state) => Until.TrueAsync(() => states.Read() is [var only] && only.Equals(state));
    }

    [Fact]
    public async Task S13_asking_for_a_breaker_that_was_never_used_makes_none_to_tell_of()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick, "unused");
        using var states = new GaugeOf("taskercore.circuit_breaker.state", "unused");
        var a = await fleet.StartWorkerAsync("a");

        await Until.TrueAsync(async () => (await a.Queries.GetAsync("unused")) is { Created: false });
        await fleet.Cluster.Client.Breaker("unused").GetDetailsAsync();

        Assert.Empty(states.Read());
    }

    [Fact]
    public async Task The_report_that_opens_a_circuit_and_the_transition_that_it_decides_are_one_trace()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick, "traced");
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CircuitBreakerTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("breaker") is "traced")
                {
                    seen.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker("traced").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        using (var caller = new Activity("a call of the application's").Start())
        {
            for (var failure = 0; failure < 3; failure++)
            {
                a.Breaker("traced").Fail();
            }
        }

        await a.Breaker("traced").UntilAsync(breaker => breaker.Snapshot.State == BreakerState.HalfOpen);
        await Until.TrueAsync(() => Transitions().Count() >= 2 && Reports().Any(report => report.SpanId == Transitions().First().ParentSpanId));

        var (opened, halfOpened) = (Transitions().First(), Transitions().Skip(1).First());
        var report = Reports().Single(report => report.SpanId == opened.ParentSpanId);
        Assert.Equal((ActivityKind.Client, ActivityKind.Internal), (report.Kind, opened.Kind));
        Assert.Equal(report.TraceId, opened.TraceId);
        Assert.Equal(default, report.ParentSpanId);
        Assert.Equal(
            ("closed", "open", "consecutive_failures"),
            ((string)opened.GetTagItem("from")!, (string)opened.GetTagItem("to")!, (string)opened.GetTagItem("cause")!));
        Assert.StartsWith("1.", (string)opened.GetTagItem("generation")!, StringComparison.Ordinal);
        Assert.Equal(("timeout_elapsed", default(ActivitySpanId)), ((string)halfOpened.GetTagItem("cause")!, halfOpened.ParentSpanId));

        IEnumerable<Activity> Reports() => seen.Where(activity => activity.OperationName == "circuit_breaker.report");

        IEnumerable<Activity> Transitions() => seen.Where(activity => activity.OperationName == "circuit_breaker.transition");
    }

    /// <summary>What the silos of this process say now of one breaker.</summary>
    private sealed class GaugeOf : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<double> _values = [];

        public GaugeOf(string name, string breaker)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
            {
                if (tags[0].Value is string component && component == breaker)
                {
                    _values.Add(value);
                }
            });
            _listener.Start();
        }

        public IReadOnlyList<double> Read()
        {
            _values.Clear();
            _listener.RecordObservableInstruments();
            return [.. _values];
        }

        public void Dispose() => _listener.Dispose();
    }
}
