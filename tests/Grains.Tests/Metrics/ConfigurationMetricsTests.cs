using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Metrics;

namespace TaskerCore.Orleans.Grains.Tests.Metrics;

/// <summary>Where a silo's settings stand, as numbers.</summary>
public sealed class ConfigurationMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LocalConfiguration _local = new(new OwnSettings(new CircuitBreakerConfiguration()) { Environment = "production" });

    public ConfigurationMetricsTests() => _ = new ConfigurationMetrics(_services.GetRequiredService<IMeterFactory>(), _local);

    [Fact]
    public void Before_the_cluster_has_answered_nothing_is_claimed_but_a_refusal()
    {
        Assert.Empty(Values<int>("configuration.state"));
        Assert.Empty(Values<int>("configuration.environments"));
        Assert.Empty(Values<long>("configuration.version"));

        _local.Refused = new ConfigurationRefusal { Faults = [] };

        Assert.Equal([2], Values<int>("configuration.state"));
    }

    [Fact]
    public void The_state_is_in_force_superseded_or_refused()
    {
        _local.Cluster = new ConfigurationOverview { Version = 3, ContentHash = _local.Current.ContentHash };
        Assert.Equal([0], Values<int>("configuration.state"));
        Assert.Equal([3L], Values<long>("configuration.version"));

        _local.Cluster = new ConfigurationOverview { Version = 4, ContentHash = "another" };
        Assert.Equal([1], Values<int>("configuration.state"));

        _local.Refused = new ConfigurationRefusal { Faults = [] };
        Assert.Equal([2], Values<int>("configuration.state"));
    }

    [Fact]
    public void Environments_are_counted_in_any_case()
    {
        _local.Cluster = new ConfigurationOverview { Silos = [_local.Report with { Silo = "a" }, _local.Report with { Silo = "b", Environment = "PRODUCTION" }] };
        Assert.Equal([1], Values<int>("configuration.environments"));

        _local.Cluster = _local.Cluster with { Silos = _local.Cluster.Silos.Add(_local.Report with { Silo = "c", Environment = "test" }) };
        Assert.Equal([2], Values<int>("configuration.environments"));
    }

    public void Dispose() => _services.Dispose();

    private IEnumerable<T> Values<T>(string name)
        where T : struct
    {
        using var collector = new MetricCollector<T>(_services.GetRequiredService<IMeterFactory>(), CircuitBreakerTelemetry.Name, CircuitBreakerTelemetry.Prefix + name);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Select(measurement => measurement.Value);
    }
}
