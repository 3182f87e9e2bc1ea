using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
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
    private const string Binding = "Configuration is bound by reflection. Where code is trimmed or compiled ahead of time, set the options in code.";

    /// <summary>Adds <see cref="ICircuitBreakerManager"/>, <see cref="IBreakerClusterQueries"/> and
    /// <see cref="IBreakerClusterCommands"/>. The host's start does not wait for the cluster: until a silo answers, breakers
    /// decide for themselves.</summary>
    /// <remarks>
    /// <para>Several calls compose: each configures the same <see cref="CircuitBreakerClientOptions"/>, in the order of the calls, and so do
    /// <c>Configure</c>, <c>PostConfigure</c> and <c>BindConfiguration</c> of the options pattern.</para>
    /// <para>The host's start throws <see cref="OptionsValidationException"/> if the options have faults; it names all of them. So does the
    /// first use where no host runs.</para>
    /// </remarks>
    /// <param name="services">The worker's services.</param>
    /// <param name="configure">Sets at least the gateways, unless another call or configuration does, or an <see cref="IClusterClient"/> is
    /// registered.</param>
    public static IServiceCollection AddCircuitBreakers(this IServiceCollection services, Action<CircuitBreakerClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = Add(services);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }

    /// <summary>Adds the breakers, and binds their options to a section of the configuration.</summary>
    /// <inheritdoc cref="AddCircuitBreakers(IServiceCollection, Action{CircuitBreakerClientOptions}?)" path="/remarks"/>
    /// <param name="services">The worker's services.</param>
    /// <param name="section">The section with the properties of <see cref="CircuitBreakerClientOptions"/>, such as
    /// <c>builder.Configuration.GetSection("CircuitBreakers")</c>.</param>
    [RequiresUnreferencedCode(Binding)]
    [RequiresDynamicCode(Binding)]
    public static IServiceCollection AddCircuitBreakers(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        Add(services).Bind(section);
        return services;
    }

    private static OptionsBuilder<CircuitBreakerClientOptions> Add(IServiceCollection services)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CircuitBreakerClientOptions>, CircuitBreakerClientOptionsValidator>());
        services.TryAddSingleton(provider => new WorkerClock(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(Connect);
        services.TryAddSingleton<WorkerMetrics>();
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerSession>(provider, OptionsOf(provider)));
        services.TryAddSingleton<ICircuitBreakerManager, CircuitBreakerManager>();
        services.TryAddSingleton<ClusterBreakers>();
        services.TryAddSingleton<IBreakerClusterQueries>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.TryAddSingleton<IBreakerClusterCommands>(provider => provider.GetRequiredService<ClusterBreakers>());
        services.AddHostedService<CircuitBreakerService>();
        return services.AddOptions<CircuitBreakerClientOptions>().ValidateOnStart();
    }

    private static CircuitBreakerClientOptions OptionsOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<CircuitBreakerClientOptions>>().Value;

    private static IClusterConnection Connect(IServiceProvider provider)
    {
        var options = OptionsOf(provider);
        return options.Gateways.Count > 0
            ? new GatewayConnection(
                options,
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<IOptionsMonitor<LoggerFilterOptions>>())
            : new ExistingClientConnection(provider.GetRequiredService<IClusterClient>());
    }
}
