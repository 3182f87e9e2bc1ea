using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>What a real silo shows to Prometheus, and sends to a collector.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task C6_every_metric_of_a_circuit_that_opened_while_Postgres_was_away_and_closed_again()
    {
        await using var rig = await ClusterRig.CreateAsync();
        await File.WriteAllTextAsync(rig.ConfigurationPath, """
            circuit_breakers:
              global_settings: { min_state_transition_interval_seconds: 0, metrics_collection_interval_seconds: 1 }
              component_configs:
                pgmq: { failure_threshold: 3, timeout_seconds: 3, success_threshold: 1, failure_rate_threshold: 0.9, minimum_calls: 1000, slow_call_duration_ms: 600000 }
            """);
        var silo = await rig.StartReadySiloAsync();

        // A silo that holds nothing yet says so: to say nothing is an alert.
        Assert.Equal(0, (await PrometheusPage.OfAsync(silo.Address)).Value("workers"));
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await worker.Breaker.ExecuteAsync(_ => ValueTask.FromResult(1));
        await worker.Breaker.ExecuteAsync(_ => ValueTask.FromResult(1));
        worker.Fail();
        await UntilAsync(page => page.Value("failure_rate", "breaker=\"pgmq\"") is > 0.3 and < 0.4 && page.Value("consecutive_failures") == 1);
        await UntilAsync(page => page.Value("persistence_lag_seconds") == 0);

        rig.PostgresPath.Cut();
        worker.Fail();
        worker.Fail();
        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        Assert.True(worker.Breaker.TryExecute(() => 1).IsRejected);
        await UntilAsync(page => page.Value("state") == 2 && page.Value("persistence_lag_seconds") > 0 && page.Value("persistence_failures_total") > 0);
        rig.PostgresPath.Restore();
        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.HalfOpen);
        await worker.Breaker.ExecuteAsync(_ => ValueTask.FromResult(1));
        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Closed);

        // Workers are told before metrics are published, and the state last.
        await UntilAsync(page => page.Value("state") == 0 && page.Value("persistence_lag_seconds") == 0 && page.Value("rejections_total") > 0, 30);

        var page = await PrometheusPage.OfAsync(silo.Address);
        (string Name, string Labels, Func<double, bool> IsPlausible)[] expected =
        [
            ("state", "", value => value == 0),
            ("calls_total", "outcome=\"success\"", value => value == 3),
            ("calls_total", "outcome=\"failure\"", value => value == 3),
            ("calls_total", "outcome=\"ignored\"", value => value == 0),
            ("calls_slow_total", "", value => value == 0),
            ("calls_late_total", "", value => value == 0),
            ("rejections_total", "", value => value == 1),
            ("probes_total", "", value => value == 1),
            ("probes_outstanding", "", value => value == 0),
            ("transitions_total", "from=\"closed\",to=\"open\",cause=\"consecutive_failures\"", value => value == 1),
            ("transitions_total", "from=\"open\",to=\"half_open\",cause=\"timeout_elapsed\"", value => value == 1),
            ("transitions_total", "from=\"half_open\",to=\"closed\",cause=\"probes_succeeded\"", value => value == 1),
            ("open_duration_seconds_count", "", value => value == 1),
            ("open_duration_seconds_sum", "", value => value is >= 2.9 and < 60),
            ("open_duration_seconds_bucket", "le=\"3600\"", value => value == 1),
            ("recovery_duration_seconds_count", "", value => value == 1),
            ("recovery_duration_seconds_sum", "", value => value is >= 2.9 and < 60),
            ("failure_rate_threshold", "", value => value == 0.9),
            ("consecutive_failures", "", value => value == 0),
            ("failure_threshold", "", value => value == 3),
            ("persistence_lag_seconds", "", value => value == 0),
            ("persistence_failures_total", "", value => value >= 1),
        ];
        Assert.All(expected, metric => Assert.True(
            Value(metric.Name, metric.Labels) is { } value && metric.IsPlausible(value),
            $"{metric.Name} {metric.Labels} is {Value(metric.Name, metric.Labels)}"));
        Assert.Equal(1, page.Value("workers"));
        Assert.DoesNotContain(page.Names, name => name.StartsWith("orleans", StringComparison.Ordinal));

        double? Value(string name, string labels) => page.Value(name, [.. labels.Split(','), "breaker=\"pgmq\""]);

        Task UntilAsync(Func<PrometheusPage, bool> wanted, int seconds = 20) => Until.TrueAsync(
            async () => wanted(await PrometheusPage.OfAsync(silo.Address)), () => $"the page was not as expected. Its silo: {silo.Process.Recent}", seconds);
    }

    [Fact]
    public async Task The_page_answers_before_the_silo_has_joined_while_Postgres_is_away()
    {
        await using var rig = await ClusterRig.CreateAsync();
        rig.PostgresPath.Cut();
        var silo = rig.StartSilo();
        await Until.TrueAsync(async () => (await silo.ReadinessAsync()).Status == HttpStatusCode.ServiceUnavailable, () => "nothing listens", 60);

        var page = await PrometheusPage.OfAsync(silo.Address);

        Assert.Contains("target_info", page.Names);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await silo.ReadinessAsync()).Status);
    }

    [Fact]
    public async Task A_silo_sends_the_transition_in_the_trace_of_the_report_that_decided()
    {
        var reports = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CircuitBreakerTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = reports.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var collector = new TraceCollector();
        await using var rig = await ClusterRig.CreateAsync();
        var silo = rig.StartSilo(settings:
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("OTEL_SERVICE_NAME", "a-silo-of-this-test"),
        ]);
        await silo.ReadyAsync();
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        worker.Fail();
        worker.Fail();
        worker.Fail();
        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);

        var parts = new[] { "circuit_breaker.transition", "a-silo-of-this-test", "consecutive_failures" }.Select(Encoding.UTF8.GetBytes);
        await Until.TrueAsync(
            () => Task.FromResult(reports.Any(report => collector.Has([.. parts, Convert.FromHexString(report.TraceId.ToHexString()), Convert.FromHexString(report.SpanId.ToHexString())]))),
            () => $"no transition of the traces {string.Join(", ", reports.Select(report => report.TraceId))} came");
    }
}
