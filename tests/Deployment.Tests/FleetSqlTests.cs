using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Postgres;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary><c>docker/postgres/fleet.sql</c> on a real server that asks for passwords: the roles can do their work, and nothing more.</summary>
public sealed class FleetSqlTests : IAsyncLifetime
{
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("taskercore-secrets-");
    private PrivatePostgres _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PrivatePostgres.StartAsync();
        await Scripts.RunWellAsync(DeploymentFiles.PathOf("secrets.sh"), _secrets.FullName);
        foreach (var role in new[] { "silo", "worker" })
        {
            // The file of passwords names the server; here it is another.
            await ReplaceAsync(role, (await File.ReadAllTextAsync(SecretOf(role))).Replace("postgres:5432", $"127.0.0.1:{_server.Port}", StringComparison.Ordinal));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _secrets.Delete(recursive: true);
    }

    [Fact]
    public async Task A_silo_migrates_its_schema_and_a_worker_uses_its_queue_each_with_its_password_and_nothing_more()
    {
        var (exitCode, output) = await RunFleetSqlAsync();
        Assert.True(exitCode == 0, output);
        await AskForPasswordsAsync();

        await using var silo = Open("taskercore", "taskercore_silo", "silo");
        await new SchemaMigrator(silo, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);
        Assert.NotEmpty(await new SnapshotKeyStore(silo).GetAsync(CancellationToken.None));
        await AssertDeniedAsync(silo.Source, "CREATE SCHEMA other");
        await AssertDeniedAsync(silo.Source, "CREATE TABLE public.other ()");

        await using var worker = Open("queues", "taskercore_worker", "worker");
        Assert.Equal(1L, await ScalarAsync(worker.Source, "SELECT pgmq.send('orders', '{}'::jsonb)"));
        Assert.Equal(1L, await ScalarAsync(worker.Source, "SELECT msg_id FROM pgmq.read('orders', 30, 10)"));
        Assert.Equal(true, await ScalarAsync(worker.Source, "SELECT pgmq.archive('orders', 1)"));
        Assert.Equal(1L, await ScalarAsync(worker.Source, "SELECT total_messages FROM pgmq.metrics('orders')"));
        await AssertDeniedAsync(worker.Source, "SELECT pgmq.create('other')");
        await AssertDeniedAsync(worker.Source, "DROP TABLE pgmq.q_orders");

        // Neither may enter the other's database.
        await AssertNoEntryAsync("queues", "taskercore_silo", "silo");
        await AssertNoEntryAsync("taskercore", "taskercore_worker", "worker");
        await AssertNoEntryAsync("postgres", "taskercore_worker", "worker");
    }

    [Fact]
    public async Task Without_passwords_it_fails_and_makes_no_role()
    {
        File.Delete(SecretOf("worker"));

        var (exitCode, output) = await RunFleetSqlAsync();

        Assert.NotEqual(0, exitCode);
        Assert.Contains("docker/secrets.sh", output, StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString("postgres"));
        Assert.Equal(0L, await ScalarAsync(source, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'taskercore%'"));
    }

    private string SecretOf(string role) => Path.Combine(_secrets.FullName, $"{role}.pgpass");

    private async Task ReplaceAsync(string role, string content)
    {
        // Nobody may write to it: it is another file.
        File.Delete(SecretOf(role));
        await File.WriteAllTextAsync(SecretOf(role), content);
    }

    /// <summary>As the image's entry point runs it; the extension is the SQL that it is made of.</summary>
    private async Task<ProgramRun> RunFleetSqlAsync()
    {
        var script = Path.Combine(_secrets.FullName, "fleet.sql");
        await File.WriteAllTextAsync(script, DeploymentFiles.Read("postgres", "fleet.sql")
            .Replace("/run/secrets/", _secrets.FullName + "/", StringComparison.Ordinal)
            .Replace("CREATE EXTENSION pgmq;", $"\\i {Repository.Path(".cache", "pgmq--1.11.1.sql")}", StringComparison.Ordinal));
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last();
        return await ProgramRun.OfAsync(
            Path.Combine(bin, "bin", "psql"), "--quiet", "--no-psqlrc", "--output=/dev/null", "--host=127.0.0.1", $"--port={_server.Port}", "--username=postgres", $"--file={script}");
    }

    /// <summary>From now on only the superuser enters without a password.</summary>
    private async Task AskForPasswordsAsync()
    {
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString("postgres"));
        await File.WriteAllTextAsync((string)(await ScalarAsync(source, "SHOW hba_file"))!, "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\nlocal all all trust\n");
        Assert.Equal(true, await ScalarAsync(source, "SELECT pg_reload_conf()"));

        // The server takes it up a moment later: a wrong password is then refused.
        await Until.TrueAsync(
            async () => !await EntersAsync($"{_server.ConnectionString("taskercore")};Username=taskercore_silo;Password=wrong"), () => "a wrong password is accepted", seconds: 30);
    }

    private SiloDatabase Open(string database, string user, string role) => PostgresOptions.Open(ConnectionString(database, user, role), NullLoggerFactory.Instance);

    private string ConnectionString(string database, string user, string role) =>
        $"Host=127.0.0.1;Port={_server.Port};Database={database};Username={user};Passfile={SecretOf(role)};Pooling=false";

    private async Task AssertNoEntryAsync(string database, string user, string role)
    {
        // The password is right for the role: of the file, with any database.
        await ReplaceAsync(role, $"*:*:*:{user}:{(await File.ReadAllTextAsync(SecretOf(role))).Trim().Split(':')[4]}\n");
        await using var source = NpgsqlDataSource.Create(ConnectionString(database, user, role));

        var error = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(source, "SELECT 1"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
    }

    private static async Task<bool> EntersAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await ScalarAsync(source, "SELECT 1");
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            return false;
        }
    }

    private static async Task AssertDeniedAsync(NpgsqlDataSource source, string sql) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(source, sql))).SqlState);

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
