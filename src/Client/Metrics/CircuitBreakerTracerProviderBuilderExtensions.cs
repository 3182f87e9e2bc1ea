using TaskerCore.Orleans;


namespace OpenTelemetry.Trace;

/// <summary>Has OpenTelemetry collect the activities of circuit breakers.</summary>
public static class CircuitBreakerTracerProviderBuilderExtensions
{
    /// <summary>Collects the activity source <see cref="CircuitBreakerTelemetry.Name"/> of this process: a worker's reports, and a silo's
    /// transitions, in one trace where a report decided. None per call.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddCircuitBreakerInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(CircuitBreakerTelemetry.Name);
    }
}
