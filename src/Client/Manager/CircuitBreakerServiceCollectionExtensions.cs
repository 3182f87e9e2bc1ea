using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans;
using TaskerCore.Orleans.Client;
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
    /// <param name="services">The worker's services.</param>
    /// <param name="configure">At least the gateways, unless an <see cref="IClusterClient"/> is registered.</param>
    /// <exception cref="ArgumentException">An option is not valid; the message names it and what is allowed.</exception>
    public static IServiceCollection AddCircuitBreakers(this IServiceCollection services, Action<CircuitBreakerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new CircuitBreakerClientOptions();
        configure?.Invoke(options);
        options.Validate();
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
        return services;
    }

    private static IClusterConnection Connect(IServiceProvider provider, CircuitBreakerClientOptions options)
    {
        if (options.Gateways.Count > 0)
        {
            return new GatewayConnection(options, provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>());
        }

        return provider.GetService<IClusterClient>() is { } client
            ? new ExistingClientConnection(client)
            : throw new InvalidOperationException(
                "AddCircuitBreakers needs a way to the cluster: add gateways (o.Gateways.Add(\"silo-1:30000\")), or register an IClusterClient.");
    }
}
