using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Client;

/// <summary>Says how this worker's breakers stand, as its mirrors show it: no I/O, and nothing is changed or created (S13).</summary>
internal sealed class CircuitBreakerHealthCheck(ICircuitBreakerManager breakers, CircuitBreakerHealthOptions options) : IHealthCheck
{
    private const int MostNamed = 10;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var remarkable = new List<string>();
        var worst = HealthStatus.Healthy;
        foreach (var breaker in breakers.Breakers.Where(breaker => options.Components(breaker.Component)))
        {
            var (snapshot, mode) = (breaker.Snapshot, breaker.Mode);
            var health = new BreakerHealth(SnakeCase.Of(snapshot.State), SnakeCase.Of(mode), snapshot.Remaining?.TotalSeconds);
            data[breaker.Component] = health;

            // Switched off by configuration, no state rejects anything.
            var status = Worse(snapshot.Policy.Enabled ? Of(snapshot.State) : HealthStatus.Healthy, Of(mode));
            worst = Worse(worst, status);
            if (status != HealthStatus.Healthy)
            {
                remarkable.Add(Describe(breaker.Component, health));
            }
        }

        return new HealthCheckResult(worst, Describe(data.Count, remarkable), exception: null, data);
    }

    private HealthStatus Of(BreakerState state) => state switch
    {
        BreakerState.Open => options.Open,
        BreakerState.HalfOpen => options.HalfOpen,
        BreakerState.ForcedOpen => options.ForcedOpen,
        BreakerState.ForcedClosed => options.ForcedClosed,
        _ => HealthStatus.Healthy,
    };

    private HealthStatus Of(BreakerMode mode) => mode switch
    {
        BreakerMode.Local => options.Local,
        BreakerMode.Starting => options.Starting,
        BreakerMode.Refused => options.Refused,
        BreakerMode.Isolated => options.Isolated,
        _ => HealthStatus.Healthy,
    };

    /// <summary>The framework numbers them from <c>Unhealthy</c>, 0, upwards.</summary>
    private static HealthStatus Worse(HealthStatus one, HealthStatus other) => one < other ? one : other;

    private static string Describe(int count, List<string> remarkable) => remarkable.Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $"Breakers that are well: {count} of {count}.")
        : string.Join("; ", remarkable.Take(MostNamed)) + (remarkable.Count > MostNamed
            ? string.Create(CultureInfo.InvariantCulture, $"; and {remarkable.Count - MostNamed} more of {count}.")
            : ".");

    private static string Describe(string component, BreakerHealth health) => string.Create(
        CultureInfo.InvariantCulture,
        $"{component} is {health.State}, {health.Mode}{(health.RemainingSeconds is { } seconds ? $", for {seconds:0.#} s more" : string.Empty)}");
}
