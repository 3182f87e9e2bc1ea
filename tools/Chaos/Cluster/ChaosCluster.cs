using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using TaskerCore.Orleans.Chaos.LoadWorker;
using TaskerCore.Orleans.Client.Pgmq;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>All that a scenario has running: one Postgres server for the store and for pgmq, silos in their seats, load workers. Gone when
/// disposed.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-chaos-");
    private readonly List<SiloSeat> _seats = [];
    private readonly List<LoadWorkerProcess> _workers = [];
    private readonly List<LoadWorkerProcess> _killed = [];
    private SiloNetwork _network = new LoopbackNetwork();
    private string _pgmqDatabase = string.Empty;
    private int _workersStarted;

    private ChaosCluster(ClusterPlan plan, PrivatePostgres postgres)
    {
        Plan = plan;
        Postgres = postgres;
        Watchdog.Remove(_folder.FullName);
    }

    public ClusterPlan Plan { get; private set; }

    public PrivatePostgres Postgres { get; }

    public SiloNetwork Network => _network;

    public IReadOnlyList<SiloSeat> Seats => _seats;

    /// <summary>The workers that live.</summary>
    public IReadOnlyList<LoadWorkerProcess> Workers => _workers;

    /// <summary>The workers that were killed, with their last words.</summary>
    public IReadOnlyList<LoadWorkerProcess> Killed => _killed;

    /// <summary>The component whose breaker it is about.</summary>
    public string Component => Plan.IsStorm ? LoadSettings.StormComponent : ProtectedPgmqClient.Component;

    /// <summary>The silos' database.</summary>
    public NpgsqlDataSource Store { get; private set; } = null!;

    /// <summary>The database with pgmq, past every proxy.</summary>
    public NpgsqlDataSource Queues { get; private set; } = null!;

    private IReadOnlyList<IPEndPoint> Gateways => [.. _seats.Select(seat => seat.Gateway)];

    private string ConfigurationPath => Path.Combine(_folder.FullName, "breakers.yaml");

    public static async Task<ChaosCluster> StartAsync(ClusterPlan plan, CancellationToken cancellationToken)
    {
        var cluster = new ChaosCluster(plan, await PrivatePostgres.StartAsync(cancellationToken));
        try
        {
            await cluster.StartAllAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The breaker, as the first silo that answers tells of it; null when none does.</summary>
    public async Task<AuthorityView?> AskAsync(CancellationToken cancellationToken)
    {
        foreach (var seat in _seats.Where(seat => seat.IsUp))
        {
            if (await GetAsync(seat, $"/api/breakers/{Component}", cancellationToken) is { } body && AuthorityView.Of(body) is { } view)
            {
                return view;
            }
        }

        return null;
    }

    /// <summary>The breaker's history, the oldest first.</summary>
    /// <exception cref="InvalidOperationException">No silo tells it.</exception>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(CancellationToken cancellationToken)
    {
        foreach (var seat in _seats.Where(seat => seat.IsUp))
        {
            if (await GetAsync(seat, $"/api/breakers/{Component}/history", cancellationToken) is { } body)
            {
                return [.. body["transitions"]!.AsArray().Select(entry => HistoryEntry.Of(entry!))];
            }
        }

        throw new InvalidOperationException("No silo tells the breaker's history.");
    }

    /// <summary>The seat of the silo that holds the breaker.</summary>
    /// <exception cref="InvalidOperationException">The breaker does not answer.</exception>
    public async Task<SiloSeat> OwnerAsync(CancellationToken cancellationToken)
    {
        var view = await AskAsync(cancellationToken);
        return _seats.FirstOrDefault(seat => seat.IsUp && seat.Has(view?.Silo))
            ?? throw new InvalidOperationException($"The breaker's authority is at '{view?.Silo}', which is none of the silos that run.");
    }

    /// <summary>Writes the settings' file anew; silos that run take it up.</summary>
    public void Configure(ClusterPlan plan)
    {
        Plan = plan;
        File.WriteAllText(ConfigurationPath, plan.ToYaml());
    }

    /// <summary>Starts one worker more.</summary>
    public LoadWorkerProcess StartWorker()
    {
        var worker = LoadWorkerProcess.Start(
            $"worker-{++_workersStarted}", Plan, Postgres.Port, port => WorkersConnection(port), Gateways);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Kills a worker; what it said last is kept.</summary>
    public async Task KillAsync(LoadWorkerProcess worker)
    {
        await worker.Process.KillAsync();
        _workers.Remove(worker);
        _killed.Add(worker);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers.Concat(_killed))
        {
            await worker.DisposeAsync();
        }

        foreach (var seat in _seats)
        {
            await seat.DisposeAsync();
        }

        await _network.DisposeAsync();
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        if (Queues is not null)
        {
            await Queues.DisposeAsync();
        }

        await Postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<JsonNode?> GetAsync(SiloSeat seat, string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(QuestionLimit);
        try
        {
            var (status, body) = await seat.Silo.GetAsync(path, limit.Token);
            return status == HttpStatusCode.OK ? body : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException
            && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Without a pool: a connection that outlives a stop of the server would fail the first question after it.</summary>
    private NpgsqlDataSource Direct(string database) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Postgres.ConnectionString(database)) { Pooling = false }.ConnectionString);

    /// <summary>A worker notices soon that a server does not answer: connecting and cancelling have limits of their own.</summary>
    private string WorkersConnection(int? throughPort = null) => new NpgsqlConnectionStringBuilder(Postgres.ConnectionString(_pgmqDatabase, throughPort))
    {
        Timeout = (int)Math.Ceiling(Plan.CallLimit.TotalSeconds),
        CancellationTimeout = 500,
        MaxPoolSize = Plan.Producers + 4,
    }.ConnectionString;

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        Configure(Plan);
        var store = await Postgres.CreateDatabaseAsync(cancellationToken: cancellationToken);
        _pgmqDatabase = await Postgres.CreateDatabaseAsync(withPgmq: true, cancellationToken);
        Store = Direct(store);
        Queues = Direct(_pgmqDatabase);
        await using (var create = Queues.CreateCommand("SELECT pgmq.create($1)"))
        {
            create.Parameters.Add(new NpgsqlParameter { Value = LoadSettings.Queue });
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        _network = Plan.HasGatewayPaths ? new ProxyNetwork(Plan.Silos)
            : Plan.CanSplit ? await SiloNetwork.SplittableAsync(Plan.Silos)
            : _network;

        var (host, port) = _network.PostgresFor(Postgres.Port);
        var storeForSilos = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString(store)) { Host = host, Port = port }.ConnectionString;
        for (var number = 0; number < Plan.Silos; number++)
        {
            var seat = new SiloSeat(number, _network, storeForSilos, ConfigurationPath);
            _seats.Add(seat);
            seat.Start();
        }

        await Task.WhenAll(_seats.Select(seat => seat.Silo.ReadyAsync(cancellationToken)));
        if (Plan.IsStorm)
        {
            var names = Enumerable.Range(1, Plan.Workers).Select(number => $"worker-{number}");
            _workers.AddRange(names.Chunk(Plan.WorkersPerProcess).SelectMany(share => LoadWorkerProcess.StartSeveral(share, Plan, Gateways)));
        }
        else
        {
            for (var number = 0; number < Plan.Workers; number++)
            {
                StartWorker();
            }
        }

        await Task.WhenAll(_workers.Select(worker => worker.UntilAsync(
            status => status is { Mode: Client.BreakerMode.Connected, Counts.All: > 0 }, "connected and calling", JoinLimit, cancellationToken)));
    }
}
