using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Metrics;
using TaskerCore.Orleans.Grains.Tests.Authority;

namespace TaskerCore.Orleans.Grains.Tests.Metrics;

/// <summary>Each instrument of a silo, on an authority whose time is the test's.</summary>
public sealed class SiloMetricsTests : IDisposable
{
    private const string Worker = "the-worker";
    private const string Reason = "the reason";

    private static readonly BreakerSettings Settings = new()
    {
        FailureThreshold = 3, SuccessThreshold = 1, OpenDuration = TimeSpan.FromSeconds(10), FailureRateThreshold = 0.9, MinimumCalls = 100, Window = TimeSpan.FromSeconds(30),
    };

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly SiloMetrics _metrics;
    private readonly AuthorityRig _rig;
    private readonly WorkerRig _worker;
    private readonly BreakerTelemetry _breaker;

    public SiloMetricsTests()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _metrics = new SiloMetrics(Meters);
        (_rig, _breaker) = (new AuthorityRig(Settings), _metrics.Watch("pgmq", new MonotonicClock(_time)));
        _worker = new WorkerRig(_rig, Worker);
        CarryOut();
    }

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void The_state_is_a_number()
    {
        List<double> states = [Value("state")];
        Trip();
        states.Add(Value("state"));
        Pass(10);
        states.Add(Value("state"));
        Command(CommandKind.ForceOpen);
        states.Add(Value("state"));
        Command(CommandKind.ForceClosed);
        states.Add(Value("state"));

        Assert.Equal([0.0, 2.0, 1.0, 3.0, 4.0], states);
    }

    [Fact]
    public void S14_calls_are_the_clusters_totals_by_outcome_and_the_others_beside_them()
    {
        Send(new OutcomeTally { Counts = new() { Successes = 5, Failures = 2, Ignored = 3, Rejected = 4, Slow = 1 }, FirstRun = 2, LastRun = 0, LongestRun = 2 });
        var late = _rig.Details.Generation with { Number = 77 };
        var report = _worker.Make(OutcomeTally.Success, late, new BreakerClaim { Generation = _rig.Details.Generation });
        _worker.Send(report with { Tallies = [report.Tallies[0] with { Late = true }] });
        CarryOut();

        using var calls = Collect<long>("calls");
        Assert.Equal(
            [("failure", 2L), ("ignored", 3L), ("success", 6L)],
            calls.Read().Select(each => (Outcome: (string)each.Tags["outcome"]!, each.Value)).OrderBy(each => each.Outcome, StringComparer.Ordinal));
        Assert.Equal((1L, 1L, 4L, 0L), (Count("calls.slow"), Count("calls.late"), Count("rejections"), Count("probes")));
    }

    [Fact]
    public void Permits_that_were_given_are_counted_and_those_that_are_out_shown()
    {
        Trip();
        Pass(10);
        var permit = _worker.Ask().Permit!;
        CarryOut();
        Assert.Equal((1L, 1.0), (Count("probes"), Value("probes.outstanding")));

        _worker.Settle(permit, ProbeResult.Success);
        CarryOut();
        Assert.Equal((1L, 0.0), (Count("probes"), Value("probes.outstanding")));
    }

    [Fact]
    public void Each_transition_is_counted_with_its_states_and_cause()
    {
        using var transitions = Collect<long>("transitions");
        Trip();
        Pass(10);

        Assert.Equal(
            [("closed", "open", "consecutive_failures", 1L), ("open", "half_open", "timeout_elapsed", 1L)],
            transitions.GetMeasurementSnapshot().Select(each => ((string)each.Tags["from"]!, (string)each.Tags["to"]!, (string)each.Tags["cause"]!, each.Value)));
    }

    [Fact]
    public void Stays_in_open_and_recoveries_are_measured_in_buckets_of_seconds_to_an_hour()
    {
        using var open = Collect<double>("open.duration");
        using var recovery = Collect<double>("recovery.duration");
        Trip();
        Pass(10);
        Pass(2);
        _worker.Settle(_worker.Ask().Permit!, ProbeResult.Success);
        CarryOut();

        Assert.Equal([10.0, 12.0], Values(open).Concat(Values(recovery)));
        foreach (var histogram in new[] { open, recovery })
        {
            var boundaries = ((Histogram<double>)histogram.Instrument!).Advice!.HistogramBucketBoundaries!;
            Assert.Equal((0.1, 3600.0), (boundaries[0], boundaries[^1]));
        }
    }

    [Fact]
    public void S2_the_failure_rate_is_that_of_the_window_until_nothing_is_left_in_it()
    {
        Assert.Empty(Read("failure_rate"));
        Assert.Equal(0.9, Value("failure_rate.threshold"));
        _worker.Succeed();
        _worker.Fail();
        CarryOut();
        Assert.Equal(0.5, Value("failure_rate"));

        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(0.5, Value("failure_rate"));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Empty(Read("failure_rate"));
    }

    [Fact]
    public void Where_no_limit_for_the_failure_rate_is_configured_there_is_none_to_show()
    {
        var rig = new AuthorityRig(new BreakerSettings { FailureThreshold = 3 });
        new WorkerRig(rig).Fail();
        _breaker.Publish(rig.Core.Reading(rig.Clock.Now));

        Assert.Empty(Read("failure_rate").Concat(Read("failure_rate.threshold")));
        Assert.Equal(1, Value("consecutive_failures"));
    }

    [Fact]
    public void The_run_of_failures_stands_beside_its_limit()
    {
        _worker.Fail(2);
        CarryOut();

        Assert.Equal((2.0, 3.0), (Value("consecutive_failures"), Value("failure_threshold")));
    }

    [Fact]
    public void C6_what_is_not_stored_lags_from_when_it_ought_to_be()
    {
        Assert.Equal(0, Value("persistence.lag"));
        Trip(stored: false);
        Assert.Equal(0, Value("persistence.lag"));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(4, Value("persistence.lag"));

        _rig.Clock.Pass(4);
        _rig.Core.WriteSucceeded(_rig.Clock.Now);
        CarryOut();
        Assert.Equal(0, Value("persistence.lag"));
    }

    [Fact]
    public void C6_failures_of_the_store_are_counted()
    {
        using var failures = Collect<long>("persistence.failures");
        _breaker.StoreFailed();
        _breaker.StoreFailed();

        Assert.Equal([1L, 1L], failures.GetMeasurementSnapshot().Select(each => each.Value));
    }

    [Fact]
    public void Workers_are_the_sum_over_this_silos_hubs()
    {
        using var workers = Collect<int>("workers");
        Assert.Equal(0, Assert.Single(workers.Read()).Value);
        var (one, two) = (_metrics.WatchHub(), _metrics.WatchHub());
        (one.Workers, two.Workers) = (3, 4);
        Assert.Equal(7, Assert.Single(workers.Read()).Value);
        Assert.Empty(workers.LastMeasurement!.Tags);

        two.Dispose();
        Assert.Equal(3, Assert.Single(workers.Read()).Value);
    }

    [Fact]
    public void S13_a_breaker_that_does_not_exist_is_not_told_of_nor_one_that_left_this_silo()
    {
        using var asked = _metrics.Watch("asked", new MonotonicClock(_time));
        Assert.Equal(["pgmq"], Breakers());

        _breaker.Dispose();

        Assert.Empty(Breakers());

        IEnumerable<object?> Breakers()
        {
            using var states = Collect<double>("state");
            return [.. states.Read().Select(each => each.Tags["breaker"])];
        }
    }

    [Fact]
    public void No_attribute_has_more_values_than_the_settings_bound()
    {
        var seen = new List<(string Instrument, string Key, string? Value)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, itself) =>
            {
                if (instrument.Meter.Scope == Meters)
                {
                    itself.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => See(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => See(instrument, tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => See(instrument, tags));
        listener.Start();
        Trip();
        Pass(10);
        Command(CommandKind.ForceOpen);
        _breaker.StoreFailed();
        listener.RecordObservableInstruments();

        string[] bounded = ["breaker", "cause", "from", "outcome", "to"];
        Assert.Equal(bounded, seen.Select(tag => tag.Key).Distinct().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(seen, tag => tag.Value is Worker or Reason or "ann");
        Assert.Equal(15, seen.Select(tag => tag.Instrument).Distinct().Count());

        void See(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                seen.Add((instrument.Name, tag.Key, tag.Value as string));
            }
        }
    }

    private void Send(OutcomeTally tally)
    {
        _worker.Send(_worker.Make(tally));
        CarryOut();
    }

    private void Trip(bool stored = true)
    {
        _worker.Fail(3);
        CarryOut(stored);
    }

    private void Pass(double seconds)
    {
        _rig.Clock.Pass(seconds);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _rig.Core.Advance(_rig.Clock.Now);
        CarryOut();
    }

    private void Command(CommandKind kind)
    {
        _rig.Core.Command(new OperatorCommand { Kind = kind, Reason = Reason, Actor = "ann" }, _rig.Clock.Now);
        CarryOut();
    }

    /// <summary>What the grain does after an input.</summary>
    private void CarryOut(bool stored = true)
    {
        var effects = _rig.Effects();
        if (stored && effects.Write is not null)
        {
            _rig.Core.WriteSucceeded(_rig.Clock.Now);
        }

        foreach (var transition in effects.Transitions)
        {
            _breaker.Transitioned(transition, _rig.Core.History);
        }

        _breaker.Publish(_rig.Core.Reading(_rig.Clock.Now));
    }

    private MetricCollector<T> Collect<T>(string name)
        where T : struct => new(Meters, CircuitBreakerTelemetry.Name, "taskercore.circuit_breaker." + name, _time);

    private double[] Read(string name)
    {
        using var collector = Collect<double>(name);
        return [.. collector.Read().Select(each => Of(each, "pgmq"))];
    }

    private double Value(string name) => Assert.Single(Read(name));

    private long Count(string name)
    {
        using var collector = Collect<long>(name);
        return Of(Assert.Single(collector.Read()), "pgmq");
    }

    private static double[] Values(MetricCollector<double> collector) => [.. collector.GetMeasurementSnapshot().Select(each => Of(each, "pgmq"))];

    private static T Of<T>(CollectedMeasurement<T> measurement, string breaker)
        where T : struct
    {
        Assert.Equal(breaker, measurement.Tags["breaker"]);
        return measurement.Value;
    }
}

internal static class Collecting
{
    /// <summary>What an observable instrument says now.</summary>
    public static IReadOnlyList<CollectedMeasurement<T>> Read<T>(this MetricCollector<T> collector)
        where T : struct
    {
        collector.Clear();
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }
}
