using System.Diagnostics.Metrics;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Metrics;

/// <summary>What a worker tells of its breakers: what it sees for itself, which is a part of what silos tell of the cluster.</summary>
/// <remarks>Calls are counted by the mirrors already; here they are only read, on the thread of whoever collects. Reading changes and creates
/// nothing (S13). Safe to use from any number of threads.</remarks>
internal sealed class WorkerMetrics
{
    private readonly Histogram<double> _propagation;
    private readonly Histogram<long> _reportSize;
    private readonly Counter<long> _renewalsMissed;
    private volatile IEnumerable<IMeasuredBreaker> _breakers = [];

    public WorkerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(CircuitBreakerTelemetry.Name);
        meter.CreateObservableGauge(
            Name("state"),
            () => Each(breaker => CircuitBreakerTelemetry.Number(breaker.View.Snapshot.State)),
            unit: null,
            "What this worker decides by: 0 closed, 1 half-open, 2 open, 3 forced open, 4 forced closed.");
        meter.CreateObservableGauge(
            Name("mode"), () => Each(breaker => (int)breaker.View.Mode), unit: null, "Who decides: 0 starting, 1 connected, 2 local, 3 refused, 4 isolated.");
        meter.CreateObservableCounter(Name("calls"), Calls, "{call}", "Calls of this worker, by what became of them.");
        meter.CreateObservableCounter(
            Name("calls.slow"), () => Each(breaker => breaker.Calls.Slow), "{call}", "Calls of this worker, of those that succeeded or failed, that were slow.");
        meter.CreateObservableCounter(
            Name("rejections"), () => Each(breaker => breaker.Calls.Rejected), "{rejection}", "Calls of this worker that were not made because the breaker rejected them.");
        _propagation = meter.CreateHistogram(
            Name("propagation.delay"),
            "s",
            "From a transition, by the silo's clock, until this worker heard of it, by its own.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _reportSize = meter.CreateHistogram(
            Name("report.size"),
            "{outcome}",
            "Outcomes in a report that was answered.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 10_000, 100_000, 1_000_000] });
        _renewalsMissed = meter.CreateCounter<long>(Name("renewals.missed"), "{renewal}", "Renewals and registrations that no hub answered in time.");
    }

    /// <summary>The worker's breakers, those of them at the time of each reading.</summary>
    public void Watch(IEnumerable<IMeasuredBreaker> breakers) => _breakers = breakers;

    /// <summary>The worker heard of a transition. Clocks of two hosts differ: what was decided in the future has just arrived.</summary>
    public void Heard(string component, BreakerTransition transition, TimeProvider time)
    {
        if (_propagation.Enabled)
        {
            var delay = Durations.NotNegative(time.GetUtcNow() - transition.At);
            _propagation.Record(delay.TotalSeconds, new KeyValuePair<string, object?>(CircuitBreakerTelemetry.Breaker, component));
        }
    }

    /// <summary>A report was answered. One that only asks has no size, and one that is wanted again is not done yet.</summary>
    public void Answered(WorkerReport report, ReportAnswer answer)
    {
        if (_reportSize.Enabled && report.Number > 0 && answer.Verdict != OfferVerdict.Wanted)
        {
            _reportSize.Record(report.Probes.Length + report.Tallies.Sum(part => Size(part.Tally)));
        }

        static long Size(OutcomeTally tally) => tally.Successes + tally.Failures + tally.Counts.Ignored + tally.Counts.Rejected;
    }

    public void RenewalMissed() => _renewalsMissed.Add(1);

    private static string Name(string name) => CircuitBreakerTelemetry.Prefix + "worker." + name;

    private static KeyValuePair<string, object?> Tag(IMeasuredBreaker breaker) => new(CircuitBreakerTelemetry.Breaker, breaker.Component);

    private IEnumerable<Measurement<T>> Each<T>(Func<IMeasuredBreaker, T> read)
        where T : struct => _breakers.Select(breaker => new Measurement<T>(read(breaker), Tag(breaker)));

    private IEnumerable<Measurement<long>> Calls()
    {
        foreach (var breaker in _breakers)
        {
            var calls = breaker.Calls;
            yield return Of(breaker, "success", calls.Successes);
            yield return Of(breaker, "failure", calls.Failures);
            yield return Of(breaker, "ignored", calls.Ignored);
        }

        static Measurement<long> Of(IMeasuredBreaker breaker, string outcome, long calls) => new(calls, Tag(breaker), new(CircuitBreakerTelemetry.Outcome, outcome));
    }
}
