using System.Data.Common;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>What all calls of <c>AddProtectedPgmq</c> for the same services came to. It is the key of the client's own data source, too: nobody
/// else has it.</summary>
internal sealed class PgmqRegistration
{
    /// <summary>The way to the database; null: the application's own <see cref="NpgsqlDataSource"/>.</summary>
    public string? ConnectionString { get; private set; }

    public ProtectedPgmqOptions Options { get; } = new();

    /// <summary>Takes a further call.</summary>
    /// <exception cref="InvalidOperationException">It names another database.</exception>
    public void Add(string? connectionString, Action<ProtectedPgmqOptions>? configure)
    {
        if (ConnectionString is { } before && connectionString is { } other && !AreEquivalent(before, other))
        {
            throw new InvalidOperationException(
                $"AddProtectedPgmq was called for {Describe(before)}, and now for {Describe(other)}: the services have one ProtectedPgmqClient. "
                + "Register the second client under a key, over a data source under that key: services.AddKeyedSingleton(\"second\", (provider, key) => "
                + "new ProtectedPgmqClient(provider.GetRequiredKeyedService<NpgsqlDataSource>(key), provider.GetRequiredService<ICircuitBreakerManager>())). "
                + "Both share the breaker 'pgmq'.");
        }

        ConnectionString ??= connectionString;
        configure?.Invoke(Options);
        Options.Validate();
    }

    private static bool AreEquivalent(string one, string other) =>
        one == other || new DbConnectionStringBuilder { ConnectionString = one }.EquivalentTo(new DbConnectionStringBuilder { ConnectionString = other });

    /// <summary>The parts that are no secret.</summary>
    private static string Describe(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"'Host={parts.Host};Port={parts.Port};Database={parts.Database};Username={parts.Username}'";
    }
}
