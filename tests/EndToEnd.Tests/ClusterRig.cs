using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>What a test has running: its database, silo processes, and workers in this process. All gone when disposed.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    private readonly List<SiloProcess> _silos = [];
    private readonly List<IHost> _workers = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-e2e-");

    private ClusterRig(string database)
    {
        Database = database;
        PostgresPath = new TcpProxy(new NpgsqlConnectionStringBuilder(database).Port);
        WriteConfiguration(failureThreshold: 3, timeoutSeconds: 60);
    }

    public string Database { get; }

    /// <summary>The silos' path to Postgres.</summary>
    public TcpProxy PostgresPath { get; }

    public string ConfigurationPath => Path.Combine(_folder.FullName, "breakers.yaml");

    public static async Task<ClusterRig> CreateAsync() => new(await PostgresDatabase.CreateForTestAsync());

    public void WriteConfiguration(int failureThreshold, double timeoutSeconds, string more = "") => File.WriteAllText(ConfigurationPath, $$"""
        circuit_breakers:
          global_settings: { min_state_transition_interval_seconds: 0 {{more}} }
          component_configs:
            pgmq: { failure_threshold: {{failureThreshold}}, timeout_seconds: {{timeoutSeconds}}, success_threshold: 1 }
        """);

    public SiloProcess StartSilo(
        string name = "silo", string? configurationPath = null, int? gatewayPort = null, params IEnumerable<(string Key, string Value)> settings)
    {
        var silo = SiloProcess.Start(
            name,
            new NpgsqlConnectionStringBuilder(Database) { Port = PostgresPath.Port }.ConnectionString,
            [("CircuitBreakers:ConfigPath", configurationPath ?? ConfigurationPath), .. settings],
            gatewayPort);
        _silos.Add(silo);
        return silo;
    }

    public async Task<SiloProcess> StartReadySiloAsync(string name = "silo")
    {
        var silo = StartSilo(name);
        await silo.ReadyAsync();
        return silo;
    }

    /// <summary>A worker in this process, connected by gateways as any worker.</summary>
    public Task<RunningWorker> StartWorkerAsync(string name, params IEnumerable<int> gatewayPorts) => StartWorkerAsync(name, null, null, gatewayPorts);

    /// <summary>A worker with certificates, and what it logs.</summary>
    public async Task<RunningWorker> StartWorkerAsync(string name, TlsOptions? tls, LogLines? log, params IEnumerable<int> gatewayPorts)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(log is null ? LogLevel.None : LogLevel.Information);
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddCircuitBreakers(options =>
        {
            options.WorkerName = name;
            options.Tls = tls;
            foreach (var port in gatewayPorts)
            {
                options.Gateways.Add($"127.0.0.1:{port}");
            }
        });
        var host = builder.Build();
        _workers.Add(host);
        await host.StartAsync();
        return new RunningWorker(host);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync();
            worker.Dispose();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await PostgresPath.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

internal sealed class RunningWorker(IHost host)
{
    public ICircuitBreaker Breaker { get; } = host.Services.GetRequiredService<ICircuitBreakerManager>().Get("pgmq");

    public ICircuitBreaker BreakerOf(string component) => host.Services.GetRequiredService<ICircuitBreakerManager>().Get(component);

    public IBreakerClusterQueries Queries => host.Services.GetRequiredService<IBreakerClusterQueries>();

    public Task StopAsync() => host.StopAsync();

    public void Fail() => Breaker.Fail();

    public Task UntilAsync(Func<ICircuitBreaker, bool> wanted, int seconds = 20) => Breaker.UntilAsync(wanted, seconds);
}
