using System.Diagnostics.Metrics;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The readings of a breaker, on grains of several silos.</summary>
[Collection(SharedFleet.Name)]
public sealed class BreakerTelemetryTests(SharedFleet shared)
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(60), SuccessThreshold = 2 };

    [Fact]
    public async Task Each_breaker_is_told_of_by_one_silo_and_after_its_move_by_the_one_that_has_it_then()
    {
        const string Moving = "moving";
        await using var fleet = await TestFleet.StartAsync(2, Quick, [Moving]);
        using var states = new GaugeOf("taskercore.circuit_breaker.state", Moving);
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker(Moving).UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await TellsAsync(0);
        for (var failure = 0; failure < 3; failure++)
        {
            a.Breaker(Moving).Fail();
        }

        await a.Breaker(Moving).UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        await TellsAsync(2);

        await fleet.Cluster.KillSiloAsync(fleet.Cluster.Silos[1]);
        await Until.TrueAsync(async () => (await a.Queries.GetAsync(Moving)) is { IsAnswering: true, State: BreakerState.Open });

        await TellsAsync(2);

        // Workers are told first: a reading may come a moment after.
        Task TellsAsync(double state) => Until.TrueAsync(() => states.Read() is [var only] && only.Equals(state));
    }

    [Fact]
    public async Task S13_asking_for_a_breaker_that_was_never_used_makes_none_to_tell_of()
    {
        using var states = new GaugeOf("taskercore.circuit_breaker.state", SharedFleet.Unused);
        await using var a = await shared.Fleet.StartWorkerAsync("a");

        await Until.TrueAsync(async () => (await a.Queries.GetAsync(SharedFleet.Unused)) is { Created: false });
        await shared.Fleet.Cluster.Client.Breaker(SharedFleet.Unused).GetDetailsAsync();

        Assert.Empty(states.Read());
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
