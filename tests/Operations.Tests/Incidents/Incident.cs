using System.Globalization;
using System.Net;
using Npgsql;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Operations.Tests.Incidents;

/// <summary>What an incident needs: two silos and their path to Postgres, two sample workers and theirs to pgmq, and a Prometheus that scrapes them
/// all. All gone when disposed.</summary>
internal sealed class Incident : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-incident-");
    private readonly HttpClient _http = new();
    private readonly List<SiloProcess> _silos = [];
    private readonly List<(WorkerProcess Process, int HttpPort)> _workers = [];
    private TcpProxy? _storePath;
    private PrometheusServer? _prometheus;

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IEnumerable<WorkerProcess> Workers => _workers.Select(worker => worker.Process);

    /// <summary>The silos' path to Postgres.</summary>
    public TcpProxy StorePath => _storePath!;

    public PrometheusServer Prometheus => _prometheus!;

    /// <summary>Starts all of it, and waits until the workers work.</summary>
    public static async Task<Incident> BeginAsync()
    {
        var incident = new Incident();
        try
        {
            await incident.StartAsync();
            return incident;
        }
        catch
        {
            await incident.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the workers' health endpoints answer, once it is the same for all.</summary>
    public async Task WorkersHealthAsync(HttpStatusCode expected)
    {
        HttpStatusCode[] found = [];
        await Waiting.UntilAsync(
            async () => (found = await Task.WhenAll(_workers.Select(worker => HealthAsync(worker.HttpPort)))).All(status => status == expected),
            () => $"the workers' health is {string.Join(", ", found)}, not {expected}",
            Soon);
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        foreach (var (worker, _) in _workers)
        {
            await worker.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        if (_storePath is not null)
        {
            await _storePath.DisposeAsync();
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        var settings = Path.Combine(_folder.FullName, "breakers.yaml");
        await File.WriteAllTextAsync(settings, """
            circuit_breakers:
              global_settings: { min_state_transition_interval_seconds: 0 }
              component_configs:
                pgmq: { failure_threshold: 3, timeout_seconds: 3, success_threshold: 1, failure_rate_threshold: 1, minimum_calls: 1000000 }
            """);
        var store = new NpgsqlConnectionStringBuilder(await PostgresDatabase.CreateForTestAsync());
        _storePath = new TcpProxy(store.Port);
        store.Port = _storePath.Port;
        foreach (var name in new[] { "silo-1", "silo-2" })
        {
            _silos.Add(SiloProcess.Start(name, store.ConnectionString, [("CircuitBreakers:ConfigPath", settings)]));
        }

        await Task.WhenAll(_silos.Select(silo => silo.ReadyAsync()));
        var pgmq = await PostgresDatabase.CreateForTestAsync(withPgmq: true);
        await using (var source = NpgsqlDataSource.Create(pgmq))
        await using (var create = source.CreateCommand("SELECT pgmq.create('orders')"))
        {
            await create.ExecuteNonQueryAsync();
        }

        foreach (var port in FreePort.Several(2))
        {
            var worker = WorkerProcess.Start(
                string.Create(CultureInfo.InvariantCulture, $"worker-{_workers.Count + 1}"),
                new NpgsqlConnectionStringBuilder(pgmq).Port,
                through => new NpgsqlConnectionStringBuilder(pgmq) { Port = through }.ConnectionString,
                _silos.Select(silo => silo.GatewayPort),
                "orders",
                port);
            _workers.Add((worker, port));
        }

        _prometheus = await PrometheusServer.StartAsync(
            [.. _silos.Select(silo => ("taskercore-silo", silo.Address.Port)), .. _workers.Select(worker => ("taskercore-worker", worker.HttpPort))]);
        await Task.WhenAll(Workers.Select(worker => worker.UntilAsync(status => status is { Consumed: > 0, Mode: BreakerMode.Connected }, "working", StartLimit)));
    }

    private async Task<HttpStatusCode> HealthAsync(int port)
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/health"));
        return answer.StatusCode;
    }
}
