using Npgsql;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Databases on a server that somebody else started.</summary>
public static class PostgresDatabase
{
    /// <summary>The environment variable that names the test run's server.</summary>
    public const string ServerVariable = "TASKERCORE_TEST_POSTGRES";

    /// <summary>A new database on the test run's server, as a connection string.</summary>
    /// <exception cref="InvalidOperationException">There is no server: a test without Postgres fails, it is not skipped.</exception>
    public static async Task<string> CreateForTestAsync(bool withPgmq = false, CancellationToken cancellationToken = default)
    {
        var server = Environment.GetEnvironmentVariable(ServerVariable)
            ?? throw new InvalidOperationException($"{ServerVariable} is not set: run ./test.sh, which starts a server for the tests.");
        var name = await CreateAsync(server, cancellationToken);
        var database = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        if (withPgmq)
        {
            await AddPgmqAsync(database, cancellationToken);
        }

        return database;
    }

    /// <summary>Makes a database with a name of its own, and gives the name.</summary>
    public static async Task<string> CreateAsync(string server, CancellationToken cancellationToken = default)
    {
        var name = $"db_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}", cancellationToken);
        return name;
    }

    /// <summary>Puts pgmq into a database.</summary>
    public static async Task AddPgmqAsync(string database, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(database, await File.ReadAllTextAsync(Repository.Path(".cache", "pgmq--1.11.1.sql"), cancellationToken), cancellationToken);

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
