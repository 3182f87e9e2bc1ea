using Npgsql;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the protected pgmq client to a worker.</summary>
public static class PgmqServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ProtectedPgmqClient"/> over a data source of its own.</summary>
    /// <remarks>Several calls for the same services add up: each changes the same options, and a connection string of any of them is used.</remarks>
    /// <param name="services">The worker's services, with <c>AddCircuitBreakers</c>.</param>
    /// <param name="connectionString">The way to the database that has pgmq; null: the registered <see cref="NpgsqlDataSource"/>.</param>
    /// <param name="configure">Options.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is not valid.</exception>
    /// <exception cref="InvalidOperationException">An earlier call for these services named another database.</exception>
    public static IServiceCollection AddProtectedPgmq(
        this IServiceCollection services, string? connectionString = null, Action<ProtectedPgmqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var before = services.LastOrDefault(service => service.ServiceType == typeof(PgmqRegistration))?.ImplementationInstance as PgmqRegistration;
        var registration = before ?? new PgmqRegistration();
        registration.Add(connectionString, configure);
        if (before is not null)
        {
            return services;
        }

        services.AddSingleton(registration);

        // The worker's own database, if it has one, stays the data source that it asks for, whatever its key.
        services.AddKeyedSingleton(registration, (_, _) => NpgsqlDataSource.Create(registration.ConnectionString!));
        services.AddSingleton(provider => new ProtectedPgmqClient(
            registration.ConnectionString is null
                ? provider.GetRequiredService<NpgsqlDataSource>()
                : provider.GetRequiredKeyedService<NpgsqlDataSource>(registration),
            provider.GetRequiredService<ICircuitBreakerManager>(),
            registration.Options));
        return services;
    }
}
