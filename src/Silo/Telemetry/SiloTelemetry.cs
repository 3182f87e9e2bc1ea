using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Telemetry;

/// <summary>Metrics for Prometheus at <c>/metrics</c>, and metrics and traces by OTLP where the environment names a collector.</summary>
/// <remarks>In the outer host, so that the page answers while the silo still waits for Postgres. What collects listens to the meters of the
/// whole process, the inner host's with them.</remarks>
internal static class SiloTelemetry
{
    private const string DefaultServiceName = "taskercore-silo";

    /// <summary>Series that OpenTelemetry keeps of an instrument where nothing is said; what is beyond goes into one that has no names.</summary>
    private const int DefaultSeries = 2000;

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration, SiloEndpoints endpoints, int maxBreakers)
    {
        var settings = configuration.GetSection("Metrics").Get<MetricsSettings>() ?? new MetricsSettings();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(DefaultServiceName, serviceInstanceId: $"{endpoints.Advertised}:{endpoints.Silo.Port}")
                .AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddCircuitBreakerInstrumentation()
                    .AddView(instrument => instrument.Meter.Name == CircuitBreakerTelemetry.Name
                        ? new MetricStreamConfiguration { CardinalityLimit = Math.Max(DefaultSeries, maxBreakers * SeriesOfBreaker(instrument)) }
                        : null)
                    .AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
                if (settings.Orleans)
                {
                    metrics.AddMeter("Microsoft.Orleans");
                }

            });

        // Not UseOtlpExporter, which would send the log too.
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
            telemetry.WithTracing(traces => traces.AddCircuitBreakerInstrumentation().AddOtlpExporter());
        }
    }

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint();

    /// <summary>The series that one breaker has of an instrument: outcomes of calls; kinds of transitions that occur with their causes.</summary>
    private static int SeriesOfBreaker(Instrument instrument) => instrument.Name switch
    {
        CircuitBreakerTelemetry.Prefix + "calls" => 3,
        CircuitBreakerTelemetry.Prefix + "transitions" => 16,
        _ => 1,
    };
}
