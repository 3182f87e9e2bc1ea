using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A sample worker in a process of its own, whose path to pgmq can be cut.</summary>
public sealed class WorkerProcess : ReportingProcess<WorkerNews, WorkerNews.Status>
{
    private WorkerProcess(ManagedProcess process, TcpProxy path)
        : base(process, process.News(WorkerNews.FromLine)) => Path = path;

    /// <summary>Its path to pgmq.</summary>
    public TcpProxy Path { get; }

    /// <summary>Starts a worker.</summary>
    /// <param name="name">Its name, in histories too.</param>
    /// <param name="pgmqPort">Where the Postgres server with pgmq listens on loopback.</param>
    /// <param name="pgmq">The connection string of the database for a port on loopback.</param>
    /// <param name="gatewayPorts">The silos' gateways on loopback.</param>
    /// <param name="queue">The queue, which is there.</param>
    /// <param name="httpPort">Where it serves its metrics and its health on loopback; 0: nowhere.</param>
    public static WorkerProcess Start(
        string name, int pgmqPort, Func<int, string> pgmq, IEnumerable<int> gatewayPorts, string queue, int httpPort = 0)
    {
        var path = new TcpProxy(pgmqPort);
        var process = ManagedProcess.StartDotnet(
            name,
            Repository.Assembly("samples/PgmqWorker", "TaskerCore.Orleans.PgmqWorker"),
            [
                $"--Worker={name}", $"--Queue={queue}", $"--Http:Port={httpPort}",
                $"--Gateways={string.Join(',', gatewayPorts.Select(port => $"127.0.0.1:{port}"))}",
            ],
            new Dictionary<string, string> { ["ConnectionStrings__Pgmq"] = pgmq(path.Port) },
            isLogged: line => !WorkerNews.IsStatus(line));
        return new WorkerProcess(process, path);
    }

    /// <summary>Asks for its calls since a time, those that were not rejected.</summary>
    public Task<WorkerNews.CallsSince> CallsSinceAsync(long since, TimeSpan limit, CancellationToken cancellationToken = default) =>
        AskAsync<WorkerNews.CallsSince>($"calls-since {since}", limit, cancellationToken);

    /// <summary>Has it make one protected call more, and tells what became of it.</summary>
    public async Task<CallEnd> TryCallAsync(TimeSpan limit, CancellationToken cancellationToken = default) =>
        (await AskAsync<WorkerNews.TriedCall>("try-call", limit, cancellationToken)).End;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Path.DisposeAsync();
    }
}
