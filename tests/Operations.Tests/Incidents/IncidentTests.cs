using System.Net;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Operations.Tests.Board;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Operations.Tests.Incidents;

/// <summary>What operators see of a real incident: the board, the alerts, and the health of silos and workers.</summary>
public sealed class IncidentTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_query_of_the_board_has_data_the_queues_alert_fires_and_health_tells_of_it()
    {
        var since = TimeProvider.System.GetUtcNow();
        await using var incident = await Incident.BeginAsync();
        var prometheus = incident.Prometheus;
        await incident.WorkersHealthAsync(HttpStatusCode.OK);
        await UntilAsync("sum(rate(taskercore_circuit_breaker_worker_calls_total[5s])) > 0");

        // Silos that hang for longer than a renewal may take, and not until they are given up.
        Signal("STOP");
        await AllAsync(status => status.Mode == BreakerMode.Local, "local");
        Signal("CONT");
        await AllAsync(status => status.Mode == BreakerMode.Connected, "connected again");

        incident.StorePath.Cut();
        foreach (var worker in incident.Workers)
        {
            worker.Path.Cut();
        }

        await AllAsync(status => status is { State: BreakerState.Open, Rejected: > 0 }, "rejecting");
        await incident.WorkersHealthAsync(HttpStatusCode.ServiceUnavailable);
        await UntilAsync("sum(taskercore_circuit_breaker_persistence_failures_total) > 0 and max(taskercore_circuit_breaker_persistence_lag_seconds) > 0");
        await UntilAsync("""ALERTS{alertname="QueueCircuitOpen", alertstate="firing", severity="warning", breaker="pgmq"}""");
        await SiloUntilAsync(health => Text(health["status"]) == "degraded" && !health["postgres"]!["reachable"]!.GetValue<bool>()
            && health["breakers"]!["open"]!.AsArray().Select(Text).SequenceEqual(["pgmq"]));

        incident.StorePath.Restore();
        foreach (var worker in incident.Workers)
        {
            worker.Path.Restore();
        }

        await AllAsync(status => status.State == BreakerState.Closed, "closed again");
        await incident.WorkersHealthAsync(HttpStatusCode.OK);
        await SiloUntilAsync(health => Text(health["status"]) == "healthy" && health["cluster"]!["silos_up"]!.GetValue<int>() == 2);
        await UntilAsync("sum(taskercore_circuit_breaker_recovery_duration_seconds_count) > 0 and count(taskercore_circuit_breaker_state == 0) == 1");
        await UntilAsync("""absent(ALERTS{alertname="QueueCircuitOpen"})""");

        Assert.Empty(await prometheus.QuerySinceAsync("taskercore_circuit_breaker_that_is_not_there", since));
        var empty = new List<string>();
        foreach (var query in GrafanaBoard.Queries)
        {
            if (!(await prometheus.QuerySinceAsync(Substituted(query.Expression), since)).Any(double.IsFinite))
            {
                empty.Add($"{query.Panel}: {query.Expression}");
            }
        }

        Assert.True(empty.Count == 0, "These queries have no data:\n" + string.Join('\n', empty));
        foreach (var variable in GrafanaBoard.Variables.Where(variable => GrafanaBoard.Text(variable["type"]) == "query"))
        {
            var (selector, label) = LabelValues(GrafanaBoard.Text(variable["definition"]));
            Assert.NotEmpty(await prometheus.LabelValuesAsync(Substituted(selector), label));
        }

        void Signal(string name)
        {
            foreach (var silo in incident.Silos)
            {
                silo.Process.Signal(name);
            }
        }

        Task UntilAsync(string expression) => Waiting.UntilAsync(
            async () => (await prometheus.QueryAsync(expression)).Count > 0, () => $"Prometheus has nothing for {expression}", Soon, TimeSpan.FromMilliseconds(250));

        Task SiloUntilAsync(Func<JsonNode, bool> wanted)
        {
            JsonNode health = new JsonObject();
            return Waiting.UntilAsync(
                async () => wanted(health = (await incident.Silos[0].GetAsync("/health/detailed")).Body), () => health.ToJsonString(), Soon, TimeSpan.FromMilliseconds(100));
        }

        Task AllAsync(Func<WorkerNews.Status, bool> wanted, string what) =>
            Task.WhenAll(incident.Workers.Select(worker => worker.UntilAsync(wanted, what, Soon)));
    }

    /// <summary>As Grafana fills in its variables, at a scrape a second.</summary>
    private static string Substituted(string expression) => expression
        .Replace("$job", ".*", StringComparison.Ordinal)
        .Replace("$breaker", ".*", StringComparison.Ordinal)
        .Replace("$__rate_interval", "5s", StringComparison.Ordinal)
        .Replace("$__range", "10m", StringComparison.Ordinal);

    /// <summary>The parts of <c>label_values(selector, label)</c>.</summary>
    private static (string Selector, string Label) LabelValues(string definition)
    {
        var inner = definition["label_values(".Length..^1];
        var comma = inner.LastIndexOf(", ", StringComparison.Ordinal);
        return (inner[..comma], inner[(comma + 2)..]);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
