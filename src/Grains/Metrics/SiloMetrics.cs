using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Metrics;

/// <summary>What this silo tells of the breakers whose authority it holds, and of the workers that its hubs serve. The breakers of the
/// cluster are those of all silos together, each once.</summary>
/// <remarks>Grains write what is to be told; whoever collects reads the last that was written, on another thread, and waits for no grain.
/// Reading changes and creates nothing (S13). Safe to use from any number of threads.</remarks>
internal sealed class SiloMetrics
{
    private readonly ConcurrentDictionary<BreakerTelemetry, bool> _breakers = new();
    private readonly ConcurrentDictionary<HubTelemetry, bool> _hubs = new();
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _storeFailures;
    private readonly Histogram<double> _open;
    private readonly Histogram<double> _recovery;

    public SiloMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(CircuitBreakerTelemetry.Name);
        AddGauge("state", null, "State of the breaker: 0 closed, 1 half-open, 2 open, 3 forced open, 4 forced closed.", (reading, _) => CircuitBreakerTelemetry.Number(reading.State));
        meter.CreateObservableCounter(Name("calls"), Calls, "{call}", "Calls over the breaker's life in the whole cluster, by outcome.");
        AddCounter("calls.slow", "{call}", "Slow calls (successes and failures).", totals => totals.Slow);
        AddCounter("calls.late", "{call}", "Late calls: they ended after their worker had received a later generation.", totals => totals.Late);
        AddCounter("rejections", "{rejection}", "Calls rejected by the breaker.", totals => totals.Rejected);
        AddCounter("probes", "{probe}", "Probe permits granted.", totals => totals.Probes);
        AddGauge("probes.outstanding", "{probe}", "Probe permits currently out.", (reading, _) => reading.ProbesOutstanding);
        AddGauge("isolated.workers", "{worker}", "Isolated workers (0 or 1): their own circuit decides for them.", (reading, _) => reading.IsolatedWorkers);
        _transitions = meter.CreateCounter<long>(Name("transitions"), "{transition}", "Transitions decided by this silo.");
        _open = AddDuration("open.duration", "Duration of each stay in open or forced open.");
        _recovery = AddDuration("recovery.duration", "Time from leaving closed until closed again.");
        AddGauge("failure_rate", null, "Failure rate over the window: failures ÷ (successes + failures). Only with a configured threshold.", (reading, now) => reading.FailureRateAt(now));
        AddGauge("failure_rate.threshold", null, "Failure rate that opens the circuit. Only if configured.", (reading, _) => reading.Policy.Settings.FailureRateThreshold);
        AddGauge("consecutive_failures", "{failure}", "Current number of consecutive failures.", (reading, _) => reading.ConsecutiveFailures);
        AddGauge("failure_threshold", "{failure}", "Number of consecutive failures that opens the circuit.", (reading, _) => reading.Policy.Settings.FailureThreshold);
        AddGauge("persistence.lag", "s", "Age of the oldest change not yet persisted; 0 if none.", (reading, now) => reading.LagAt(now).TotalSeconds);
        _storeFailures = meter.CreateCounter<long>(Name("persistence.failures"), "{failure}", "Failed reads and writes of the breaker's row.");
        meter.CreateObservableGauge(Name("workers"), () => _hubs.Keys.Sum(hub => hub.Workers), "{worker}", "Workers attached to this silo's hubs.");

        void AddGauge(string name, string? unit, string description, Func<BreakerReading, TimeSpan, double?> read) =>
            meter.CreateObservableGauge(Name(name), () => Each(read), unit, description);

        void AddCounter(string name, string unit, string description, Func<CallCounts, long> read) =>
            meter.CreateObservableCounter(Name(name), () => Each(read), unit, description);

        Histogram<double> AddDuration(string name, string description) => meter.CreateHistogram(
            Name(name),
            "s",
            description,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600] });
    }

    /// <summary>A breaker's authority is in this silo from now on, until what is returned is disposed.</summary>
    public BreakerTelemetry Watch(string component, MonotonicClock clock)
    {
        var breaker = new BreakerTelemetry(this, component, clock);
        _breakers[breaker] = true;
        return breaker;
    }

    /// <summary>A hub is in this silo from now on, until what is returned is disposed.</summary>
    public HubTelemetry WatchHub()
    {
        var hub = new HubTelemetry(this);
        _hubs[hub] = true;
        return hub;
    }

    public void Forget(BreakerTelemetry breaker) => _breakers.TryRemove(breaker, out _);

    public void Forget(HubTelemetry hub) => _hubs.TryRemove(hub, out _);

    public void Transitioned(BreakerTelemetry breaker, BreakerTransition transition, StaysEnded ended)
    {
        _transitions.Add(1, new TagList
        {
            breaker.Tag,
            { "from", SnakeCase.Of(transition.From) },
            { "to", SnakeCase.Of(transition.To) },
            { "cause", SnakeCase.Of(transition.Cause) },
        });
        if (ended.Open is { } open)
        {
            _open.Record(open.TotalSeconds, breaker.Tag);
        }

        if (ended.Recovery is { } recovery)
        {
            _recovery.Record(recovery.TotalSeconds, breaker.Tag);
        }
    }

    public void StoreFailed(BreakerTelemetry breaker) => _storeFailures.Add(1, breaker.Tag);

    private static string Name(string name) => CircuitBreakerTelemetry.Prefix + name;

    private IEnumerable<Measurement<double>> Each(Func<BreakerReading, TimeSpan, double?> read)
    {
        foreach (var (breaker, reading) in Readings())
        {
            if (read(reading, breaker.Now) is { } value)
            {
                yield return new(value, breaker.Tag);
            }
        }
    }

    private IEnumerable<Measurement<long>> Each(Func<CallCounts, long> read) =>
        Readings().Select(pair => new Measurement<long>(read(pair.Reading.Totals), pair.Breaker.Tag));

    private IEnumerable<Measurement<long>> Calls()
    {
        foreach (var (breaker, reading) in Readings())
        {
            yield return Of(breaker, "success", reading.Totals.Successes);
            yield return Of(breaker, "failure", reading.Totals.Failures);
            yield return Of(breaker, "ignored", reading.Totals.Ignored);
        }

        static Measurement<long> Of(BreakerTelemetry breaker, string outcome, long calls) => new(calls, breaker.Tag, new(CircuitBreakerTelemetry.Outcome, outcome));
    }

    /// <summary>Those that exist: of a grain that was only asked whether there is a breaker there is nothing to tell.</summary>
    private IEnumerable<(BreakerTelemetry Breaker, BreakerReading Reading)> Readings()
    {
        foreach (var (breaker, _) in _breakers)
        {
            if (breaker.Reading is { } reading)
            {
                yield return (breaker, reading);
            }
        }
    }
}
