using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Metrics;
using TaskerCore.Orleans.Operations.Tests.Alerts;
using TaskerCore.Orleans.Operations.Tests.Board;

namespace TaskerCore.Orleans.Operations.Tests;

/// <summary>Alerts and board speak of metrics that there are: one that is renamed in the code is missed here, not by whoever would have been
/// woken.</summary>
public sealed partial class MetricNamesTests
{
    private static readonly IReadOnlySet<string> Known = PrometheusNames();

    [Fact]
    public void Every_metric_of_an_alert_is_one_of_the_codes_instruments() =>
        Assert.All(AlertFiles.Expressions, expression => Assert.All(Metrics(expression), metric => Assert.Contains(metric, Known)));

    [Fact]
    public void Every_metric_of_the_board_is_one_of_the_codes_instruments() =>
        Assert.All(GrafanaBoard.Queries, query => Assert.All(Metrics(query.Expression), metric => Assert.Contains(metric, Known)));

    [Fact]
    public void The_expressions_are_read_so_that_a_name_that_is_not_there_is_seen()
    {
        Assert.Equal(
            ["taskercore_circuit_breaker_state", "taskercore_circuit_breaker_gone_total"],
            Metrics("job_breaker:taskercore_circuit_breaker_state:last == 1 and taskercore_circuit_breaker_state > rate(taskercore_circuit_breaker_gone_total[1m])"));
        Assert.DoesNotContain("taskercore_circuit_breaker_gone_total", Known);
    }

    /// <summary>The metrics that an expression asks for; a recorded one has colons in its name.</summary>
    private static IEnumerable<string> Metrics(string expression) => Metric().Matches(expression).Select(match => match.Value);

    private static HashSet<string> PrometheusNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == CircuitBreakerTelemetry.Name)
                {
                    names.UnionWith(PrometheusNames(instrument));
                }
            },
        };
        listener.Start();
        var meters = services.GetRequiredService<IMeterFactory>();
        _ = new SiloMetrics(meters);
        _ = new WorkerMetrics(meters);
        _ = new ConfigurationMetrics(meters, new LocalConfiguration(new CircuitBreakerConfiguration()));
        return names;
    }

    /// <summary>As the exporter names it: the unit at its end, unless it is of things that are counted; <c>_total</c> for what only rises.</summary>
    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        var kind = instrument.GetType().Name;
        return kind.StartsWith("Histogram", StringComparison.Ordinal) ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"]
            : kind.Contains("Counter", StringComparison.Ordinal) ? [$"{name}_total"]
            : [name];
    }

    [GeneratedRegex(@"(?<![\w:])taskercore_\w+(?![\w:])")]
    private static partial Regex Metric();
}
