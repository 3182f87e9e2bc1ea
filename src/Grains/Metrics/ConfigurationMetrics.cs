using System.Diagnostics.Metrics;
using TaskerCore.Orleans.Grains.Directory;

namespace TaskerCore.Orleans.Grains.Metrics;

/// <summary>Publishes where this silo's settings stand. Safe to use from any number of threads.</summary>
internal sealed class ConfigurationMetrics
{
    public ConfigurationMetrics(IMeterFactory meters, LocalConfiguration local)
    {
        var meter = meters.Create(CircuitBreakerTelemetry.Name);
        meter.CreateObservableGauge(
            CircuitBreakerTelemetry.Prefix + "configuration.state",
            () => local.State is { } state ? [new Measurement<int>((int)state)] : Array.Empty<Measurement<int>>(),
            unit: null,
            "State of this silo's settings: 0 in force, 1 superseded, 2 edit refused.");
        meter.CreateObservableGauge(
            CircuitBreakerTelemetry.Prefix + "configuration.environments",
            () => local.Cluster is { } cluster ? [new Measurement<int>(cluster.Environments.Count)] : Array.Empty<Measurement<int>>(),
            "{environment}",
            "Number of different environments among the cluster's silos; more than 1 is a fault.");
        meter.CreateObservableGauge(
            CircuitBreakerTelemetry.Prefix + "configuration.version",
            () => local.Cluster is { } cluster ? [new Measurement<long>(cluster.Version)] : Array.Empty<Measurement<long>>(),
            unit: null,
            "Version of the settings in force, as last received by this silo.");
    }
}
