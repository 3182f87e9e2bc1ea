using Npgsql;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the protected pgmq client to a worker.</summary>
public static class PgmqServiceCollectionExtensions
{
    /// <summary>Adds <see cref="ProtectedPgmqClient"/> over a data source of its own.</summary>
    /// <param name="services">The worker's services, with <c>AddCircuitBreakers</c>.</param>
    /// <param name="connectionString">The way to the database that has pgmq; null: the registered <see cref="NpgsqlDataSource"/>.</param>
    /// <param name="configure">Options.</param>
    public static IServiceCollection AddProtectedPgmq(
        this IServiceCollection services, string? connectionString = null, Action<ProtectedPgmqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new ProtectedPgmqOptions();
        configure?.Invoke(options);
        options.Validate();
        if (connectionString is not null)
        {
            // Keyed: the worker's own database, if it has one, stays the data source that it asks for.
            services.AddKeyedSingleton(ProtectedPgmqClient.Component, (_, _) => NpgsqlDataSource.Create(connectionString));
        }

        services.AddSingleton(provider => new ProtectedPgmqClient(
            connectionString is null
                ? provider.GetRequiredService<NpgsqlDataSource>()
                : provider.GetRequiredKeyedService<NpgsqlDataSource>(ProtectedPgmqClient.Component),
            provider.GetRequiredService<ICircuitBreakerManager>(), options));
        return services;
    }
}
