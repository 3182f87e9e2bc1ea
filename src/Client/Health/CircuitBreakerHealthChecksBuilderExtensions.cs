using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds this worker's breakers to its health checks.</summary>
public static class CircuitBreakerHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that says how this worker's breakers stand: by default <see cref="HealthStatus.Unhealthy"/> with one that is open,
    /// forced open or refused, <see cref="HealthStatus.Degraded"/> with one that is half-open or that the worker decides alone for (C8). Its data has a
    /// <see cref="BreakerHealth"/> for each component. It reads the local mirrors: no I/O, and nothing is changed or created (S13).</summary>
    /// <param name="builder">The health checks. The breakers themselves are added to the services, by the method of the same name.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="configure">What counts, and for how much. See <see cref="CircuitBreakerHealthOptions"/> before a probe uses the check.</param>
    /// <param name="tags">Tags, to choose checks by; null: none.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static IHealthChecksBuilder AddCircuitBreakers(
        this IHealthChecksBuilder builder,
        string name = "circuit_breakers",
        Action<CircuitBreakerHealthOptions>? configure = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<CircuitBreakerHealthOptions>, CircuitBreakerHealthOptionsValidator>());
        var options = builder.Services.AddOptions<CircuitBreakerHealthOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder.Add(new HealthCheckRegistration(name, provider => Make(provider, name), failureStatus: null, tags));
    }

    private static CircuitBreakerHealthCheck Make(IServiceProvider provider, string name) =>
        provider.GetService<ICircuitBreakerManager>() is { } breakers
            ? new CircuitBreakerHealthCheck(breakers, provider.GetRequiredService<IOptionsMonitor<CircuitBreakerHealthOptions>>().Get(name))
            : throw new InvalidOperationException(
                "The health check of the circuit breakers finds none: add them to the services first (services.AddCircuitBreakers(...)).");
}
