using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <summary>A database with pgmq; workers whose breakers decide for themselves (no silo is there), each with state of its own.</summary>
public sealed class PgmqServer : IAsyncLifetime
{
    private readonly List<ServiceProvider> _workers = [];

    public string Database { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync() => Database = await PostgresDatabase.CreateForTestAsync(withPgmq: true);

    public ProtectedPgmqClient Client(Action<ProtectedPgmqOptions>? configure = null, string? database = null, int failureThreshold = 3)
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(options =>
        {
            options.Gateways.Add("127.0.0.1:1");
            options.LocalConfiguration = new CircuitBreakerConfiguration
            {
                Default = new BreakerSettings { FailureThreshold = failureThreshold, OpenDuration = TimeSpan.FromSeconds(15) },
            };
        });
        services.AddProtectedPgmq(database ?? Database, configure);
        var worker = services.BuildServiceProvider();
        _workers.Add(worker);
        return worker.GetRequiredService<ProtectedPgmqClient>();
    }

    public static async Task<string> QueueAsync(ProtectedPgmqClient client)
    {
        var name = $"q{Guid.NewGuid():N}"[..20];
        await client.CreateAsync(name);
        return name;
    }

    public async Task<long> CountAsync(string sql, params object[] values)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }
    }
}
