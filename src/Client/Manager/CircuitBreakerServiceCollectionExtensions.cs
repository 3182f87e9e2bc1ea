using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the cluster's circuit breakers to a worker.</summary>
public static class CircuitBreakerServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ICircuitBreakerManager"/>, <see cref="IBreakerClusterQueries"/> and
    /// <see cref="IBreakerClusterCommands"/>. The host's start does not wait for the cluster: until a silo answers, breakers
    /// decide for themselves (C8).</summary>
    /// <remarks>Several calls for the same services add up: each changes the same options, in the order of the calls.</remarks>
    /// <param name="services">The worker's services.</param>
    /// <param name="configure">At least the gateways in one of the calls, unless an <see cref="IClusterClient"/> is registered.</param>
    /// <exception cref="ArgumentException">An option is not valid; the message names it and what is allowed.</exception>
    public static IServiceCollection AddCircuitBreakers(this IServiceCollection services, Action<CircuitBreakerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var before = services.LastOrDefault(service => service.ServiceType == typeof(CircuitBreakerClientOptions))?.ImplementationInstance;
        var options = before as CircuitBreakerClientOptions ?? new CircuitBreakerClientOptions();
        configure?.Invoke(options);
        options.Validate();
        if (before is null)
        {
            Add(services, options);
        }

        return services;
    }

    private static void Add(IServiceCollection services, CircuitBreakerClientOptions options)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new WorkerClock(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => Connect(provider, options));
        services.AddSingleton<WorkerMetrics>();
        services.AddSingleton<WorkerSession>();
        services.AddSingleton<ICircuitBreakerManager, CircuitBreakerManager>();
        services.AddSingleton<ClusterBreakers>();
        services.AddSingleton<IBreakerClusterQueries>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.AddSingleton<IBreakerClusterCommands>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.AddHostedService<CircuitBreakerService>();
    }

    private static IClusterConnection Connect(IServiceProvider provider, CircuitBreakerClientOptions options)
    {
        options.ValidateWhole();
        if (options.Gateways.Count > 0)
        {
            return new GatewayConnection(
                options,
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<IOptionsMonitor<LoggerFilterOptions>>());
        }

        return provider.GetService<IClusterClient>() is { } client
            ? new ExistingClientConnection(client)
            : throw new InvalidOperationException(
                "AddCircuitBreakers needs a way to the cluster: add gateways (o.Gateways.Add(\"silo-1:30000\")), or register an IClusterClient.");
    }
}
