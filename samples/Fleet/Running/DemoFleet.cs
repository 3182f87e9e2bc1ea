using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Fleet.Running;

/// <summary>All that the demo runs: a Postgres server for the cluster, one with pgmq, two silos, and three workers with a path to pgmq each. Nothing of
/// it runs any more once it is disposed.</summary>
internal sealed class DemoFleet : IAsyncDisposable
{
    /// <summary>The queue that the workers fill and empty.</summary>
    public const string Queue = "orders";

    /// <summary>The component that their breaker guards.</summary>
    public const string Component = "pgmq";

    private const int SiloCount = 2;
    private const int WorkerCount = 3;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly List<SiloSeat> _silos = [];
    private readonly List<WorkerProcess> _workers = [];
    private readonly PrivatePostgres _store;
    private readonly PrivatePostgres _queues;
    private NpgsqlDataSource? _pgmq;

    private DemoFleet(PrivatePostgres store, PrivatePostgres queues) => (_store, _queues) = (store, queues);

    /// <summary>The places of the silos.</summary>
    public IReadOnlyList<SiloSeat> Silos => _silos;

    /// <summary>The silos that serve.</summary>
    public IReadOnlyList<SiloSeat> RunningSilos => [.. _silos.Where(silo => silo.State == SiloState.Running)];

    /// <summary>The workers.</summary>
    public IReadOnlyList<WorkerProcess> Workers => _workers;

    /// <summary>Whether the server with pgmq runs.</summary>
    public bool QueueRuns { get; private set; } = true;

    /// <summary>The database with pgmq, through no worker's path.</summary>
    public NpgsqlDataSource Pgmq => _pgmq!;

    /// <summary>Starts all of it, and waits until each worker has sent.</summary>
    /// <param name="say">Receives what is being started.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<DemoFleet> StartAsync(Action<string> say, CancellationToken cancellationToken)
    {
        say("Starting two Postgres servers: one for the silos, one with pgmq ...");
        var servers = await Task.WhenAll(PrivatePostgres.StartAsync(cancellationToken), PrivatePostgres.StartAsync(cancellationToken));
        var fleet = new DemoFleet(servers[0], servers[1]);
        try
        {
            await fleet.StartAllAsync(say, cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server with pgmq as a crash would: every worker fails.</summary>
    public async Task StopQueueAsync(CancellationToken cancellationToken)
    {
        QueueRuns = false;
        await _queues.StopAsync(immediate: true, cancellationToken);
    }

    /// <summary>Starts that server again, with the messages that it had.</summary>
    public async Task StartQueueAsync(CancellationToken cancellationToken)
    {
        await _queues.StartAgainAsync(cancellationToken);
        _pgmq!.Clear();
        QueueRuns = true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_workers.Select(worker => worker.Process.StopAsync(Grace)));
        await Task.WhenAll(_silos.Select(silo => silo.StopAsync()));
        foreach (var process in _workers.Cast<IAsyncDisposable>().Concat(_silos))
        {
            await process.DisposeAsync();
        }

        if (_pgmq is not null)
        {
            await _pgmq.DisposeAsync();
        }

        await _queues.DisposeAsync();
        await _store.DisposeAsync();
    }

    private async Task StartAllAsync(Action<string> say, CancellationToken cancellationToken)
    {
        var cluster = _store.ConnectionString(await _store.CreateDatabaseAsync(cancellationToken: cancellationToken));
        say($"Starting {SiloCount} silos ...");
        _silos.AddRange(Enumerable.Range(1, SiloCount).Select(number => new SiloSeat($"silo-{number}", cluster)));

        var queues = await _queues.CreateDatabaseAsync(withPgmq: true, cancellationToken);
        _pgmq = NpgsqlDataSource.Create(_queues.ConnectionString(queues));
        await using (var create = _pgmq.CreateCommand("SELECT pgmq.create($1)"))
        {
            create.Parameters.Add(new NpgsqlParameter { Value = Queue });
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await Task.WhenAll(_silos.Select(silo => silo.ReadyAsync(cancellationToken)));
        say($"Starting {WorkerCount} workers ...");
        _workers.AddRange(Enumerable.Range(1, WorkerCount).Select(number => WorkerProcess.Start(
            $"worker-{number}",
            _queues.Port,
            port => _queues.ConnectionString(queues, port),
            _silos.Select(silo => silo.Silo.GatewayPort),
            Queue)));
        await Task.WhenAll(_workers.Select(worker => worker.UntilAsync(status => status is { Sent: > 0 }, "sending", StartLimit, cancellationToken)));
    }
}
