using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Metrics;

/// <summary>Each instrument of a worker, on a mirror whose time and cluster are the test's.</summary>
public sealed class WorkerMetricsTests : IBreakerLink, IDisposable
{
    private static readonly BreakerPolicy Policy = new()
    {
        Settings = new BreakerSettings { FailureThreshold = 3, SuccessThreshold = 1, SlowCallDuration = TimeSpan.FromSeconds(1) },
        MinTransitionInterval = TimeSpan.Zero,
    };

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentQueue<WorkerReport> _reports = new();
    private readonly WorkerMetrics _metrics;
    private readonly BreakerMirror _mirror;

    public WorkerMetricsTests()
    {
        _metrics = new WorkerMetrics(Meters);
        var clock = new WorkerClock(_time);
        var core = new MirrorCore("pgmq", Policy, new WorkerRun(Guid.NewGuid(), "the-worker", MirrorTimings.Default, Guid.NewGuid), clock.Now);
        _mirror = new BreakerMirror("pgmq", core, OutcomeClassifier.Default, new MirrorContext(this, clock, NullLogger.Instance, _metrics));
        _metrics.Watch([_mirror]);
    }

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    private CircuitBreaker Breaker => _mirror.Handle;

    Task<ReportAnswer> IBreakerLink.ReportAsync(string component, WorkerReport report)
    {
        _reports.Enqueue(report);
        return Task.FromResult(new ReportAnswer { Number = report.Number });
    }

    Task<PermitAnswer> IBreakerLink.RequestPermitAsync(string component, PermitRequest request) => Task.FromResult(
        new PermitAnswer { Number = request.Number, Permit = new ProbePermit(1, _mirror.View.Snapshot.Generation, TimeSpan.FromSeconds(30)) });

    public void Dispose()
    {
        _mirror.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void The_state_that_this_worker_decides_by_is_a_number()
    {
        List<int> states = [Value<int>("state")];
        foreach (var state in new[] { BreakerState.Open, BreakerState.HalfOpen, BreakerState.ForcedOpen, BreakerState.ForcedClosed })
        {
            Hear(state, states.Count);
            states.Add(Value<int>("state"));
        }

        Assert.Equal([0, 2, 1, 3, 4], states);
    }

    [Fact]
    public void C8_who_decides_is_a_number()
    {
        List<int> modes = [Value<int>("mode")];
        Hear(BreakerState.Closed, 0);
        modes.Add(Value<int>("mode"));
        _mirror.RenewalIsOverdue(true);
        modes.Add(Value<int>("mode"));
        _mirror.Hear(new BreakerUpdate { Component = "pgmq", Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") });
        modes.Add(Value<int>("mode"));

        Assert.Equal([0, 1, 2, 3], modes);
    }

    [Fact]
    public async Task Calls_are_counted_by_outcome_whoever_decides_and_probes_with_them()
    {
        Breaker.Execute(() => 1);
        Hear(BreakerState.Closed, 0);
        Breaker.Execute(() => 1);
        Fail();
        Ignore();
        Assert.Equal((2L, 1L, 1L), Calls());
        Hear(BreakerState.HalfOpen, 1, freeProbes: 1);
        await Breaker.ExecuteAsync(_ => ValueTask.FromResult(1));

        Assert.Equal((3L, 1L, 1L), Calls());
    }

    [Fact]
    public void Slow_calls_and_rejections_are_counted_before_and_after_they_were_collected()
    {
        Hear(BreakerState.Closed, 0);
        Breaker.Execute(() => _time.Advance(TimeSpan.FromSeconds(1)));
        Hear(BreakerState.Open, 1);
        Breaker.TryExecute(() => 1);
        Breaker.TryExecute(() => 1);
        Assert.Equal((1L, 2L), (Value<long>("calls.slow"), Value<long>("rejections")));

        _mirror.Flush();

        Assert.Equal((1L, 2L), (Value<long>("calls.slow"), Value<long>("rejections")));
        Assert.Equal((1L, 0L, 0L), Calls());
    }

    [Fact]
    public async Task S8_a_call_that_ends_after_its_generation_is_counted_once()
    {
        Hear(BreakerState.Closed, 0);
        var operation = new TaskCompletionSource<int>();
        var call = Breaker.ExecuteAsync(_ => new ValueTask<int>(operation.Task)).AsTask();
        Hear(BreakerState.Open, 1);
        operation.SetResult(1);
        await call;
        Assert.Equal((1L, 0L, 0L), Calls());

        _mirror.Flush();

        Assert.Equal((1L, 0L, 0L), Calls());
    }

    [Fact]
    public void S13_reading_collects_nothing_and_changes_nothing()
    {
        Hear(BreakerState.Closed, 0);
        Breaker.Execute(() => 1);
        var (view, reports) = (_mirror.View, _reports.Count);

        for (var reads = 0; reads < 3; reads++)
        {
            Assert.Equal((1L, 0L, 0L), Calls());
            Value<int>("state");
            Value<long>("rejections");
        }

        Assert.Same(view, _mirror.View);
        Assert.Equal(reports, _reports.Count);
        Assert.Equal(1, view.Counter.Uncollected.Successes);
    }

    [Fact]
    public void What_many_threads_count_while_it_is_collected_and_read_never_goes_back_and_is_all_there_at_last()
    {
        const int calls = 30_000;
        Hear(BreakerState.Closed, 0);
        var rejected = 0L;
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            for (var call = 0; call < calls; call++)
            {
                if (Breaker.TryExecute(() => 1).IsRejected)
                {
                    Interlocked.Increment(ref rejected);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        var last = default(CallCounts);
        for (var generation = 1; threads.Exists(thread => thread.IsAlive); generation++)
        {
            Hear(generation % 2 == 1 ? BreakerState.Open : BreakerState.Closed, generation);
            var now = _mirror.Calls;
            Assert.True(now.Successes >= last.Successes && now.Rejected >= last.Rejected, $"{now} after {last}");
            last = now;
        }

        threads.ForEach(thread => thread.Join());
        Assert.Equal(((3 * calls) - rejected, rejected), (_mirror.Calls.Successes, _mirror.Calls.Rejected));
    }

    [Fact]
    public void The_way_of_a_transition_is_measured_from_the_silos_clock_to_this_workers()
    {
        using var delay = Collect<double>("propagation.delay");
        Hear(BreakerState.Open, 1, at: _time.GetUtcNow().AddHours(-3));
        Assert.Empty(delay.GetMeasurementSnapshot());

        Hear(BreakerState.HalfOpen, 2, at: _time.GetUtcNow().AddSeconds(-0.25));
        Hear(BreakerState.HalfOpen, 2, revision: 1, at: _time.GetUtcNow().AddSeconds(-0.25));
        Hear(BreakerState.Closed, 3, at: _time.GetUtcNow().AddSeconds(2));

        Assert.Equal([0.25, 0.0], delay.GetMeasurementSnapshot().Select(each => each.Value));
        Assert.Equal("pgmq", Assert.Single(delay.LastMeasurement!.Tags).Value);
        AssertBoundaries<double>(delay, 0.0005, 10);
    }

    [Fact]
    public void C8_a_worker_that_decided_alone_measures_how_late_it_heard()
    {
        using var delay = Collect<double>("propagation.delay");
        Hear(BreakerState.Closed, 0);
        _mirror.RenewalIsOverdue(true);
        Fail();
        Fail();
        Fail();
        Assert.Equal(BreakerState.Open, Breaker.Snapshot.State);
        Assert.Empty(delay.GetMeasurementSnapshot());

        Hear(BreakerState.Open, 7, at: _time.GetUtcNow().AddSeconds(-60));

        Assert.Equal([60.0], delay.GetMeasurementSnapshot().Select(each => each.Value));
    }

    [Fact]
    public void C2_the_size_of_a_report_is_its_outcomes_once_it_is_answered()
    {
        using var size = Collect<long>("report.size");
        var report = new WorkerReport
        {
            Session = Guid.NewGuid(),
            Worker = "the-worker",
            Number = 1,
            Claim = new BreakerClaim(),
            Tallies =
            [
                new GenerationTally { Tally = new OutcomeTally { Counts = new() { Successes = 1000, Failures = 200, Ignored = 30, Rejected = 4 } } },
                new GenerationTally { Tally = OutcomeTally.Success },
            ],
            Probes = [new ProbeOutcome { PermitId = 1, Generation = Generation.Initial, Result = ProbeResult.Success }],
        };
        _metrics.Answered(report, new ReportAnswer { Number = 1, Verdict = OfferVerdict.Wanted });
        _metrics.Answered(report with { Number = 0 }, new ReportAnswer());
        Assert.Empty(size.GetMeasurementSnapshot());

        _metrics.Answered(report, new ReportAnswer { Number = 1 });

        Assert.Equal([1236L], size.GetMeasurementSnapshot().Select(each => each.Value));
        Assert.Empty(size.LastMeasurement!.Tags);
        AssertBoundaries<long>(size, 1, 1_000_000);
    }

    [Fact]
    public async Task Renewals_that_no_hub_answers_are_counted()
    {
        using var missed = Collect<long>("renewals.missed");
        using var stop = new CancellationTokenSource();
        var session = new WorkerSession(
            new NoConnection(), new CircuitBreakerClientOptions(), new WorkerClock(TimeProvider.System), _metrics, NullLogger<WorkerSession>.Instance);
        session.GetOrAdd("pgmq", _ => _mirror);

        var running = session.RunAsync(stop.Token);
        await missed.WaitForMeasurementsAsync(2, TimeSpan.FromSeconds(20));
        await stop.CancelAsync();
        await running;

        Assert.All(missed.GetMeasurementSnapshot(), each => Assert.Equal((1L, 0), (each.Value, each.Tags.Count)));
        Assert.Equal("pgmq", Assert.Single(Read<int>("state")).Tags["breaker"]);
    }

    private (long Successes, long Failures, long Ignored) Calls()
    {
        var calls = Read<long>("calls").ToDictionary(each => (string)each.Tags["outcome"]!, each => each.Value);
        return (calls["success"], calls["failure"], calls["ignored"]);
    }

    private T Value<T>(string name)
        where T : struct
    {
        var measurement = Assert.Single(Read<T>(name));
        Assert.Equal("pgmq", Assert.Single(measurement.Tags).Value);
        return measurement.Value;
    }

    private IReadOnlyList<CollectedMeasurement<T>> Read<T>(string name)
        where T : struct
    {
        using var collector = Collect<T>(name);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    private MetricCollector<T> Collect<T>(string name)
        where T : struct => new(Meters, CircuitBreakerTelemetry.Name, "taskercore.circuit_breaker.worker." + name);

    private static void AssertBoundaries<T>(MetricCollector<T> histogram, T least, T most)
        where T : struct
    {
        var boundaries = ((Histogram<T>)histogram.Instrument!).Advice!.HistogramBucketBoundaries!;
        Assert.Equal((least, most), (boundaries[0], boundaries[^1]));
    }

    private void Fail() => Assert.Throws<IOException>(() => Breaker.Execute(() => throw new IOException()));

    private void Ignore()
    {
        using var cancelled = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Breaker.Execute(
            (source, token) =>
            {
                source.Cancel();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancelled,
            cancelled.Token));
    }

    private void Hear(BreakerState state, long generation, int freeProbes = 0, long revision = 0, DateTimeOffset? at = null)
    {
        var number = generation == 0 ? Generation.Initial : new Generation(generation, Guid.Empty);
        _mirror.Hear(new BreakerUpdate
        {
            Component = "pgmq",
            Snapshot = new BreakerSnapshot
            {
                Component = "pgmq",
                State = state,
                Generation = number,
                Revision = revision,
                Policy = Policy,
                FreeProbes = freeProbes,
                LastTransition = at is not { } when ? null : new BreakerTransition
                {
                    From = BreakerState.Closed, To = state, Generation = number, At = when, Cause = TransitionCause.ConsecutiveFailures,
                },
            },
        });
    }

    /// <summary>A way to a cluster that no silo of was reached yet.</summary>
    private sealed class NoConnection : IClusterConnection
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public IClusterClient? Client => null;

        public bool EndsWithTheHost => true;

        public Task<Serializer?> GetWireAsync() => Task.FromResult<Serializer?>(null);

        public string Describe() => "nowhere";

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
