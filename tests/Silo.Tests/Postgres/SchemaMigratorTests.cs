using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Postgres;

namespace TaskerCore.Orleans.Silo.Tests.Postgres;

/// <summary>The silo makes and upgrades its own schema.</summary>
public sealed class SchemaMigratorTests : IAsyncLifetime
{
    private string _database = string.Empty;
    private SiloDatabase _silo = null!;

    private NpgsqlDataSource Source => _silo.Source;

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateForTestAsync();
        _silo = Open(_database);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task Eight_silos_that_start_at_once_make_one_schema()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var own = Open(_database);
            await Migrator(own).MigrateAsync(CancellationToken.None);
        }));

        Assert.Equal(1L, await ScalarAsync(Source, "SELECT count(*) FROM taskercore.schema_version"));
        Assert.Equal(12L, await ScalarAsync(Source, "SELECT count(*) FROM taskercore.orleansquery"));
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await Migrator(_silo).MigrateAsync(CancellationToken.None);
        var applied = await ScalarAsync(Source, "SELECT max(applied_at) FROM taskercore.schema_version");

        await Migrator(_silo).MigrateAsync(CancellationToken.None);

        Assert.Equal(applied, await ScalarAsync(Source, "SELECT max(applied_at) FROM taskercore.schema_version"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_the_error_says_why()
    {
        await Migrator(_silo).MigrateAsync(CancellationToken.None);
        await ExecuteAsync(Source, "INSERT INTO taskercore.schema_version (version) VALUES (4711)");

        var error = await Assert.ThrowsAsync<SchemaTooNewException>(() => Migrator(_silo).MigrateAsync(CancellationToken.None));

        Assert.Contains("4711", error.Message, StringComparison.Ordinal);
        Assert.Contains("newer silo", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_owns_nothing_can_run_a_silo_once_the_schema_is_there()
    {
        await Migrator(_silo).MigrateAsync(CancellationToken.None);
        var role = $"role_{Guid.NewGuid():N}";
        await ExecuteAsync(Source, $"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA taskercore TO {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskercore TO {role}");
        await using var least = Open(new NpgsqlConnectionStringBuilder(_database) { Username = role }.ConnectionString);

        await Migrator(least).MigrateAsync(CancellationToken.None);

        Assert.Equal(32, (await new SnapshotKeyStore(least).GetAsync(CancellationToken.None)).Length);
    }

    [Fact]
    public async Task A_role_that_owns_the_schema_needs_no_right_on_the_database()
    {
        var role = $"role_{Guid.NewGuid():N}";
        await ExecuteAsync(Source, $"CREATE ROLE {role} LOGIN; CREATE SCHEMA taskercore AUTHORIZATION {role}");
        await using var owner = Open(new NpgsqlConnectionStringBuilder(_database) { Username = role }.ConnectionString);

        await Migrator(owner).MigrateAsync(CancellationToken.None);

        Assert.Equal(32, (await new SnapshotKeyStore(owner).GetAsync(CancellationToken.None)).Length);
    }

    [Theory]
    [InlineData("", 5, 5)]
    [InlineData(";Command Timeout=2;Timeout=3", 2, 3)]
    [InlineData(";Command Timeout=300;Timeout=300", 5, 5)]
    [InlineData(";Command Timeout=0;Timeout=0", 5, 5)]
    public void Nothing_in_a_silo_waits_for_its_store_for_longer_than_five_seconds(string settings, int command, int connect)
    {
        using var source = Open("Host=127.0.0.1;Database=d" + settings);

        var effective = new NpgsqlConnectionStringBuilder(source.Source.ConnectionString);
        Assert.Equal((command, connect), (effective.CommandTimeout, effective.Timeout));
    }

    [Fact]
    public async Task A_schema_of_another_name_is_the_connections_search_path()
    {
        await using var own = Open(new NpgsqlConnectionStringBuilder(_database) { SearchPath = "breakers" }.ConnectionString);

        await Migrator(own).MigrateAsync(CancellationToken.None);

        Assert.Equal(true, await ScalarAsync(Source, "SELECT to_regclass('breakers.grain_state') IS NOT NULL AND to_regclass('taskercore.grain_state') IS NULL"));
    }

    [Fact]
    public async Task C7_every_silo_of_a_database_has_the_same_snapshot_key()
    {
        await Migrator(_silo).MigrateAsync(CancellationToken.None);

        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new SnapshotKeyStore(_silo).GetAsync(CancellationToken.None)));

        Assert.Single(keys.Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task Eight_first_writes_of_one_grain_have_one_winner_and_a_stale_version_none()
    {
        await Migrator(_silo).MigrateAsync(CancellationToken.None);
        for (var round = 0; round < 50; round++)
        {
            var grain = $"breaker/{round}";
            var firsts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync(grain, null)));
            Assert.Equal(1, Assert.Single(firsts, version => version is not null));

            var seconds = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => WriteAsync(grain, 1)));
            Assert.Equal(2, Assert.Single(seconds, version => version is not null));
            Assert.Null(await WriteAsync(grain, 1));
            Assert.Null(await WriteAsync(grain, null));
        }

        Assert.Equal(50L, await ScalarAsync(Source, "SELECT count(*) FROM taskercore.grain_state"));
    }

    private static SiloDatabase Open(string connectionString) => PostgresOptions.Open(connectionString, NullLoggerFactory.Instance);

    private static SchemaMigrator Migrator(SiloDatabase source) => new(source, NullLogger<SchemaMigrator>.Instance);

    private async Task<int?> WriteAsync(string grain, int? version)
    {
        await using var write = Source.CreateCommand(_silo.Qualify(OrleansStatements.All["WriteToStorageKey"]));
        write.Parameters.AddWithValue("GrainIdHash", 1);
        write.Parameters.AddWithValue("GrainIdN0", 0L);
        write.Parameters.AddWithValue("GrainIdN1", 0L);
        write.Parameters.AddWithValue("GrainTypeHash", 2);
        write.Parameters.AddWithValue("GrainTypeString", "breaker");
        write.Parameters.AddWithValue("GrainIdExtensionString", grain);
        write.Parameters.AddWithValue("ServiceId", "taskercore");
        write.Parameters.Add(new NpgsqlParameter("GrainStateVersion", NpgsqlTypes.NpgsqlDbType.Integer) { Value = (object?)version ?? DBNull.Value });
        write.Parameters.AddWithValue("PayloadBinary", new byte[] { 1, 2, 3 });
        return (int?)await write.ExecuteScalarAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
