using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Postgres;

namespace TaskerCore.Orleans.Silo.Tests.Postgres;

/// <summary>A silo that starts while Postgres is away waits, says why, and goes on when it is there.</summary>
public sealed class PostgresGateTests
{
    [Fact]
    public async Task A_server_that_is_away_is_waited_for_and_the_reason_said()
    {
        var database = await PostgresDatabase.CreateForTestAsync();
        await using var path = new TcpProxy(new NpgsqlConnectionStringBuilder(database).Port);
        path.Cut();
        await using var source = Open(new NpgsqlConnectionStringBuilder(database) { Port = path.Port }.ConnectionString);
        var (reasons, said) = (new ConcurrentQueue<string>(), new TaskCompletionSource());

        var passing = Gate(source, reason =>
        {
            reasons.Enqueue(reason);
            said.TrySetResult();
        }).PassAsync(CancellationToken.None);
        await said.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(passing.IsCompleted);
        path.Restore();

        Assert.Equal(32, (await passing.WaitAsync(TimeSpan.FromSeconds(20))).Length);
        Assert.All(reasons, reason => Assert.StartsWith("waiting for Postgres: ", reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_waited_for_and_named()
    {
        var database = await PostgresDatabase.CreateForTestAsync();
        var missing = $"later_{Guid.NewGuid():N}";
        await using var source = Open(new NpgsqlConnectionStringBuilder(database) { Database = missing }.ConnectionString);
        var said = new TaskCompletionSource<string>();

        var passing = Gate(source, reason => said.TrySetResult(reason)).PassAsync(CancellationToken.None);
        Assert.Contains("the database does not exist", await said.Task.WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        await using (var admin = Open(database))
        await using (var create = admin.Source.CreateCommand($"CREATE DATABASE {missing}"))
        {
            await create.ExecuteNonQueryAsync();
        }

        await passing.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_to_grant()
    {
        var database = await PostgresDatabase.CreateForTestAsync();
        var role = $"role_{Guid.NewGuid():N}";
        await using (var admin = Open(database))
        await using (var create = admin.Source.CreateCommand($"CREATE ROLE {role} LOGIN"))
        {
            await create.ExecuteNonQueryAsync();
        }

        await using var source = Open(new NpgsqlConnectionStringBuilder(database) { Username = role }.ConnectionString);
        using var stop = new CancellationTokenSource();
        var said = new TaskCompletionSource<string>();

        var passing = Gate(source, reason => said.TrySetResult(reason)).PassAsync(stop.Token);
        Assert.Contains($"GRANT CREATE ON DATABASE {new NpgsqlConnectionStringBuilder(database).Database} TO {role}", await said.Task.WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => passing);
    }

    [Fact]
    public void A_bad_connection_string_is_told_without_its_text()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Open("Host=db;Nonsense=secret-password"));

        Assert.Contains("ConnectionStrings:Postgres", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-password", error.ToString(), StringComparison.Ordinal);
    }

    private static SiloDatabase Open(string connectionString) => PostgresOptions.Open(connectionString, NullLoggerFactory.Instance);

    private static PostgresGate Gate(SiloDatabase source, Action<string> waitingFor) => new(
        new SchemaMigrator(source, NullLogger<SchemaMigrator>.Instance), new SnapshotKeyStore(source), TimeProvider.System, waitingFor, NullLogger<PostgresGate>.Instance);
}
