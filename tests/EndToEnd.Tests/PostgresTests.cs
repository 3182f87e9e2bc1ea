using System.Text.Json.Nodes;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>Postgres as it is run: behind PgBouncer, with a standby, and without room for writes.</summary>
public sealed class PostgresTests
{
    [Theory]
    [InlineData("transaction")]
    [InlineData("session")]
    public async Task A_cluster_works_through_PgBouncer_and_directly_on_one_schema(string mode)
    {
        var database = new NpgsqlConnectionStringBuilder(await PostgresDatabase.CreateForTestAsync());
        await using var bouncer = await PrivateBouncer.StartAsync(database.Port, mode, ["postgres"], mode == "session" ? "default_pool_size = 40" : "default_pool_size = 3");
        await using var through = SiloProcess.Start("through", new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = bouncer.Port }.ConnectionString);
        await through.ReadyAsync();
        await using var directly = SiloProcess.Start("directly", database.ConnectionString);
        await directly.ReadyAsync();

        await through.PostAsync("/api/breakers/pgmq/force-open", """{ "reason": "drill", "actor": "anna" }""");

        await Until.TrueAsync(async () => await directly.StateAsync("pgmq") == "forced_open", () => directly.Process.Recent);
        await Until.TrueAsync(async () => (await directly.GetAsync("/api/breakers/pgmq")).Body["stored"]!.GetValue<bool>(), () => "not stored");
        Assert.Equal(2, (await through.GetAsync("/health/detailed")).Body["cluster"]!["silos_up"]!.GetValue<int>());
        Assert.Equal("taskercore", await TextAsync(
            database.ConnectionString, "SELECT string_agg(DISTINCT schemaname, ',') FROM pg_tables WHERE tablename IN ('cluster_secret', 'grain_state', 'membership', 'schema_version')"));
    }

    [Fact]
    public async Task A_server_that_turns_read_only_makes_silos_degraded_until_it_takes_writes_again()
    {
        await using var server = await PrivatePostgres.StartAsync();
        var database = server.ConnectionString(await server.CreateDatabaseAsync());
        await using var silo = SiloProcess.Start("silo", database);
        await silo.ReadyAsync();
        await HealthAsync(silo, "healthy", "");

        await TextAsync(server.ConnectionString("postgres"), "ALTER SYSTEM SET default_transaction_read_only = on");
        await TextAsync(server.ConnectionString("postgres"), "SELECT pg_reload_conf()::text");
        await HealthAsync(silo, "degraded", "Postgres does not accept writes (it is read-only)");
        await using (var second = SiloProcess.Start("second", database))
        {
            await Until.TrueAsync(
                async () => (await second.ReadinessAsync()).Reasons.Contains("waiting for Postgres: Postgres does not accept writes", StringComparison.Ordinal),
                () => second.Process.Recent);
        }

        await TextAsync(server.ConnectionString("postgres"), "SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only");
        await TextAsync(server.ConnectionString("postgres"), "SELECT pg_reload_conf()::text");
        await HealthAsync(silo, "healthy", "");
    }

    [Fact]
    public async Task A_silo_with_two_hosts_follows_a_failover_to_the_promoted_standby()
    {
        await using var primary = await PrivatePostgres.StartAsync();
        var name = await primary.CreateDatabaseAsync();
        await using var standby = await primary.StartStandbyAsync();

        // The standby first: the silo must find the one that takes writes.
        var hosts = $"Host=127.0.0.1:{standby.Port},127.0.0.1:{primary.Port};Username=postgres;Database={name}";
        await using var silo = SiloProcess.Start("silo", hosts);
        await silo.ReadyAsync();
        await silo.PostAsync("/api/breakers/pgmq/force-open", """{ "reason": "before", "actor": "anna" }""");
        await StoredAsync(silo);
        await Until.TrueAsync(async () => await TextAsync(standby.ConnectionString(name), "SELECT count(*)::text FROM taskercore.grain_state") != "0", () => "not replicated");

        await primary.StopAsync(immediate: true);
        await silo.PostAsync("/api/breakers/pgmq/release", """{ "reason": "after", "actor": "anna" }""");
        await TextAsync(standby.ConnectionString("postgres"), "SELECT pg_promote()::text");

        await StoredAsync(silo);
        await HealthAsync(silo, "healthy", "");
        await using var second = SiloProcess.Start("second", hosts);
        await second.ReadyAsync();
        Assert.Equal(2, (await second.GetAsync("/health/detailed")).Body["cluster"]!["silos_up"]!.GetValue<int>());
    }

    private static Task StoredAsync(SiloProcess silo) => Until.TrueAsync(
        async () => (await silo.GetAsync("/api/breakers/pgmq")).Body["stored"]!.GetValue<bool>(), () => silo.Process.Recent, 60);

    private static async Task HealthAsync(SiloProcess silo, string status, string reason)
    {
        JsonNode health = new JsonObject();
        await Until.TrueAsync(
            async () => (health = (await silo.GetAsync("/health/detailed")).Body)["status"]!.GetValue<string>() == status
                && health["reasons"]!.ToJsonString().Contains(reason, StringComparison.Ordinal)
                && (status != "healthy" || health["postgres"]!["writable"]?.GetValue<bool>() is true),
            () => health.ToJsonString(),
            60);
    }

    private static async Task<string?> TextAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        string? last = null;
        foreach (var statement in sql.Split(';', StringSplitOptions.TrimEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            last = await command.ExecuteScalarAsync() as string;
        }

        return last;
    }
}
