using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>One pgmq client of the services. It is the key of the client's own data source, too: nobody else has it.</summary>
/// <param name="key">The service key of the client, and the name of its options; null: it is the one without a key.</param>
internal sealed class PgmqRegistration(string? key)
{
    private string? _connectionString;

    public string? Key => key;

    /// <summary>The name of the client's options.</summary>
    public string Name => key ?? Options.DefaultName;

    /// <summary>Remembers the database of a call.</summary>
    /// <exception cref="InvalidOperationException">An earlier call named another one.</exception>
    public void AddDatabase(string connectionString)
    {
        if (_connectionString is { } before && !AreEquivalent(before, connectionString))
        {
            throw new InvalidOperationException(
                $"The pgmq client{(key is null ? string.Empty : $" '{key}'")} was added for {Describe(before)}, and now for {Describe(connectionString)}. "
                + "Give each further database a key: services.AddKeyedProtectedPgmq(\"second\", connectionString). Clients with different keys share the breaker 'pgmq'.");
        }

        _connectionString = connectionString;
    }

    public NpgsqlDataSource MakeDataSource(IServiceProvider services) => NpgsqlDataSource.Create(OptionsOf(services).ConnectionString!);

    public ProtectedPgmqClient MakeClient(IServiceProvider services)
    {
        var options = OptionsOf(services);
        return new ProtectedPgmqClient(DataSource(services, options), services.GetRequiredService<ICircuitBreakerManager>(), options);
    }

    private NpgsqlDataSource DataSource(IServiceProvider services, ProtectedPgmqOptions options) =>
        options.ConnectionString is not null ? services.GetRequiredKeyedService<NpgsqlDataSource>(this)
        : key is null ? services.GetRequiredService<NpgsqlDataSource>()
        : services.GetRequiredKeyedService<NpgsqlDataSource>(key);

    private ProtectedPgmqOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptionsMonitor<ProtectedPgmqOptions>>().Get(Name);

    private static bool AreEquivalent(string one, string other) =>
        one == other || new DbConnectionStringBuilder { ConnectionString = one }.EquivalentTo(new DbConnectionStringBuilder { ConnectionString = other });

    /// <summary>The parts that are no secret.</summary>
    private static string Describe(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"'Host={parts.Host};Port={parts.Port};Database={parts.Database};Username={parts.Username}'";
    }
}
