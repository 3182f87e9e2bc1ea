using Npgsql;
using Spectre.Console;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Fleet;

/// <summary>All that the demo runs: one Postgres server, two silos, three workers with a path to pgmq each. Gone when disposed.</summary>
internal sealed class DemoFleet : IAsyncDisposable
{
    public const string Queue = "orders";
    private const int Silos = 2;
    private const int Workers = 3;

    private readonly List<SiloProcess> _silos = [];
    private readonly List<WorkerProcess> _workers = [];
    private readonly PrivatePostgres _postgres;
    private NpgsqlDataSource? _pgmq;

    private DemoFleet(PrivatePostgres postgres) => _postgres = postgres;

    public IReadOnlyList<SiloProcess> RunningSilos => [.. _silos.Where(silo => !silo.Process.HasExited)];

    public IReadOnlyList<WorkerProcess> AllWorkers => _workers;

    /// <summary>The database that has pgmq, directly.</summary>
    public NpgsqlDataSource Pgmq => _pgmq!;

    public static async Task<DemoFleet> StartAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        console.WriteLine("Starting Postgres with pgmq ...");
        var fleet = new DemoFleet(await PrivatePostgres.StartAsync(cancellationToken));
        try
        {
            await fleet.StartAllAsync(console, cancellationToken);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_workers.Select(worker => worker.Process.StopAsync(TimeSpan.FromSeconds(10))));
        await Task.WhenAll(_silos.Select(silo => silo.Process.StopAsync(TimeSpan.FromSeconds(20))));
        foreach (var process in _workers.Cast<IAsyncDisposable>().Concat(_silos))
        {
            await process.DisposeAsync();
        }

        if (_pgmq is not null)
        {
            await _pgmq.DisposeAsync();
        }

        await _postgres.DisposeAsync();
    }

    private async Task StartAllAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        var cluster = _postgres.ConnectionString(await _postgres.CreateDatabaseAsync(cancellationToken: cancellationToken));
        var queues = await _postgres.CreateDatabaseAsync(withPgmq: true, cancellationToken);
        _pgmq = NpgsqlDataSource.Create(_postgres.ConnectionString(queues));
        await using (var create = _pgmq.CreateCommand("SELECT pgmq.create($1)"))
        {
            create.Parameters.Add(new NpgsqlParameter { Value = Queue });
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        console.WriteLine($"Starting {Silos} silos ...");
        for (var number = 1; number <= Silos; number++)
        {
            _silos.Add(SiloProcess.Start($"silo-{number}", cluster));
        }

        await Task.WhenAll(_silos.Select(silo => silo.ReadyAsync(cancellationToken)));
        console.WriteLine($"Starting {Workers} workers ...");
        for (var number = 1; number <= Workers; number++)
        {
            _workers.Add(WorkerProcess.Start(
                $"worker-{number}", _postgres.Port, port => _postgres.ConnectionString(queues, port), _silos.Select(silo => silo.GatewayPort), Queue));
        }

        await Task.WhenAll(_workers.Select(worker =>
            worker.UntilAsync(status => status is { Sent: > 0 }, "sending", TimeSpan.FromSeconds(30), cancellationToken)));
    }
}
