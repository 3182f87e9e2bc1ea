using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using TaskerCore.Orleans.Client.Pgmq;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds protected pgmq clients to a worker.</summary>
public static class PgmqServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IProtectedPgmqClient"/> and <see cref="ProtectedPgmqClient"/>, one singleton.</summary>
    /// <remarks>Several calls compose: each configures the same <see cref="ProtectedPgmqOptions"/>, in the order of the calls, and so do
    /// <c>Configure</c> and <c>BindConfiguration</c>. Faults are thrown as <see cref="OptionsValidationException"/> when the host starts, or at
    /// the first use where none runs.</remarks>
    /// <param name="services">The worker's services, with <c>AddCircuitBreakers</c>.</param>
    /// <param name="connectionString">The database that has pgmq: the client gets a data source of its own. Null: see
    /// <see cref="ProtectedPgmqOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="InvalidOperationException">An earlier call named another database.</exception>
    public static IServiceCollection AddProtectedPgmq(
        this IServiceCollection services, string? connectionString = null, Action<ProtectedPgmqOptions>? configure = null) =>
        Add(services, key: null, connectionString, configure);

    /// <summary>Adds the client of a further database under a service key.</summary>
    /// <inheritdoc cref="AddProtectedPgmq" path="/remarks"/>
    /// <param name="services">The worker's services, with <c>AddCircuitBreakers</c>.</param>
    /// <param name="serviceKey">The key of the client, and the name of its <see cref="ProtectedPgmqOptions"/>. Inject the client with
    /// <c>[FromKeyedServices("…")] IProtectedPgmqClient</c>.</param>
    /// <param name="connectionString">The database that has pgmq: the client gets a data source of its own. Null: see
    /// <see cref="ProtectedPgmqOptions.ConnectionString"/>.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    /// <exception cref="InvalidOperationException">An earlier call for the same key named another database.</exception>
    public static IServiceCollection AddKeyedProtectedPgmq(
        this IServiceCollection services, string serviceKey, string? connectionString = null, Action<ProtectedPgmqOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(serviceKey);
        return Add(services, serviceKey, connectionString, configure);
    }

    private static IServiceCollection Add(
        IServiceCollection services, string? key, string? connectionString, Action<ProtectedPgmqOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registration = services
            .Where(static service => service.ServiceType == typeof(PgmqRegistration) && !service.IsKeyedService)
            .Select(static service => service.ImplementationInstance)
            .OfType<PgmqRegistration>()
            .FirstOrDefault(known => known.Key == key) ?? Register(services, new PgmqRegistration(key));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProtectedPgmqOptions>, ProtectedPgmqOptionsValidator>());
        var options = services.AddOptions<ProtectedPgmqOptions>(registration.Name).ValidateOnStart();
        if (connectionString is not null)
        {
            registration.AddDatabase(connectionString);
            options.Configure(pgmq => pgmq.ConnectionString = connectionString);
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }

    private static PgmqRegistration Register(IServiceCollection services, PgmqRegistration registration)
    {
        services.AddSingleton(registration);

        // The worker's own data sources stay the ones that it asks for, whatever their keys: nobody else has this key.
        services.AddKeyedSingleton(registration, (provider, _) => registration.MakeDataSource(provider));
        if (registration.Key is { } key)
        {
            services.AddKeyedSingleton(key, (provider, _) => registration.MakeClient(provider));
            services.AddKeyedSingleton<IProtectedPgmqClient>(key, static (provider, named) => provider.GetRequiredKeyedService<ProtectedPgmqClient>(named));
        }
        else
        {
            services.AddSingleton(registration.MakeClient);
            services.AddSingleton<IProtectedPgmqClient>(static provider => provider.GetRequiredService<ProtectedPgmqClient>());
        }

        return registration;
    }
}
