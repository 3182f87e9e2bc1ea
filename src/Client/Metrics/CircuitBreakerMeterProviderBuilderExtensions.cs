using TaskerCore.Orleans;


namespace OpenTelemetry.Metrics;

/// <summary>Has OpenTelemetry collect the metrics of circuit breakers.</summary>
public static class CircuitBreakerMeterProviderBuilderExtensions
{
    /// <summary>Collects the meter <see cref="CircuitBreakerTelemetry.Name"/> of this process: a worker's, a silo's, or both. Costs a call
    /// nothing: what is collected is counted anyhow.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddCircuitBreakerInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(CircuitBreakerTelemetry.Name);
    }
}
