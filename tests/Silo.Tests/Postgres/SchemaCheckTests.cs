using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Postgres;

namespace TaskerCore.Orleans.Silo.Tests.Postgres;

/// <summary>What is in force is compared with what is wanted before anything is created, and the message says what to do.</summary>
public sealed class SchemaCheckTests : IAsyncLifetime
{
    private static readonly string[] Tables = ["cluster_secret", "grain_state", "membership", "membership_version", "orleansquery"];
    private readonly string _role = $"role_{Guid.NewGuid():N}";
    private string _connection = string.Empty;
    private SiloDatabase _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _connection = await PostgresDatabase.CreateForTestAsync();
        _admin = PostgresOptions.Open(_connection, NullLoggerFactory.Instance);
        await RunAsync($"CREATE ROLE {_role} LOGIN");
    }

    public ValueTask DisposeAsync() => _admin.DisposeAsync();

    [Fact]
    public async Task Tables_that_an_earlier_version_made_in_another_schema_are_found_and_the_remedy_works()
    {
        await MigrateAsync(_admin);
        await RunAsync(string.Join(';', Tables.Select(table => $"ALTER TABLE taskercore.{table} SET SCHEMA public")));

        var message = await RefusedAsync(_admin);

        Assert.Contains("are in the schema 'public'", message, StringComparison.Ordinal);
        var remedy = message[message.IndexOf("ALTER TABLE", StringComparison.Ordinal)..];
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'taskercore' AND tablename <> 'schema_version'"));
        await RunAsync(remedy);
        await MigrateAsync(_admin);
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task A_session_whose_search_path_leads_elsewhere_changes_nothing()
    {
        await RunAsync($"ALTER DATABASE {_admin.Source.CreateConnection().Database} SET search_path = public");
        await using var other = PostgresOptions.Open(_connection, NullLoggerFactory.Instance);

        await MigrateAsync(other);
        await new SnapshotKeyStore(other).GetAsync(CancellationToken.None);

        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
        Assert.Equal(1L, await CountAsync("SELECT count(*) FROM taskercore.cluster_secret"));
    }

    [Fact]
    public async Task A_table_that_is_missing_is_named()
    {
        await MigrateAsync(_admin);
        await RunAsync("DROP TABLE taskercore.grain_state");

        Assert.Contains("its table grain_state is missing", await RefusedAsync(_admin), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_is_told_each_privilege_that_it_lacks_in_turn_and_runs_once_it_has_them()
    {
        await using var limited = PostgresOptions.Open(
            new NpgsqlConnectionStringBuilder(_connection) { Username = _role }.ConnectionString, NullLoggerFactory.Instance);

        Assert.Contains($"or CREATE SCHEMA taskercore AUTHORIZATION {_role}", Unquoted(await RefusedAsync(limited)), StringComparison.Ordinal);
        await RunAsync("CREATE SCHEMA taskercore");
        Assert.Contains("GRANT USAGE", Unquoted(await RefusedAsync(limited)), StringComparison.Ordinal);
        await RunAsync($"GRANT USAGE ON SCHEMA taskercore TO {_role}");
        Assert.Contains($"GRANT USAGE, CREATE ON SCHEMA taskercore TO {_role}", Unquoted(await RefusedAsync(limited)), StringComparison.Ordinal);
        await MigrateAsync(_admin);
        Assert.Contains("it lacks the right to use it", Unquoted(await RefusedAsync(limited)), StringComparison.Ordinal);
        await RunAsync($"GRANT SELECT ON taskercore.schema_version TO {_role}");
        var message = Unquoted(await RefusedAsync(limited));
        Assert.Contains("SELECT on cluster_secret", message, StringComparison.Ordinal);
        Assert.Contains($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskercore TO {_role}", message, StringComparison.Ordinal);
        await RunAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskercore TO {_role}");

        await MigrateAsync(limited);
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_is_refused_before_anything_is_tried()
    {
        await RunAsync($"ALTER ROLE {_role} SET default_transaction_read_only = on");
        await using var reads = PostgresOptions.Open(
            new NpgsqlConnectionStringBuilder(_connection) { Username = _role }.ConnectionString, NullLoggerFactory.Instance);

        Assert.StartsWith("Postgres does not accept writes (it is read-only)", await RefusedAsync(reads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_key_that_is_too_short_is_refused_by_name()
    {
        await MigrateAsync(_admin);
        await RunAsync("INSERT INTO taskercore.cluster_secret VALUES ('snapshot_key', 'abc')");

        var error = await Assert.ThrowsAsync<SnapshotKeyException>(() => new SnapshotKeyStore(_admin).GetAsync(CancellationToken.None));

        Assert.Contains("cluster_secret (name 'snapshot_key') has 3 bytes; at least 16 are needed", error.Message, StringComparison.Ordinal);
    }

    private static string Unquoted(string message) => message.Replace("\"", string.Empty, StringComparison.Ordinal);

    private static Task MigrateAsync(SiloDatabase database) =>
        new SchemaMigrator(database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);

    private static async Task<string> RefusedAsync(SiloDatabase database) =>
        (await Assert.ThrowsAsync<PostgresUnusableException>(() => MigrateAsync(database))).Message;

    private async Task RunAsync(string sql)
    {
        await using var command = _admin.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = _admin.Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
