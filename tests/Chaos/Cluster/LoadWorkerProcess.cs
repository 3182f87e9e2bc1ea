using System.Globalization;
using System.Net;
using TaskerCore.Orleans.Chaos.LoadWorker;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>A load worker in a process of its own; its way to pgmq can be cut.</summary>
internal sealed class LoadWorkerProcess : ReportingProcess<LoadNews, LoadNews.Status>
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private LoadWorkerProcess(ManagedProcess process, TcpProxy pgmq)
        : base(process, LoadNews.FromLine) => Pgmq = pgmq;

    public string Name => Process.Name;

    /// <summary>Its way to pgmq.</summary>
    public TcpProxy Pgmq { get; }

    /// <summary>Starts one.</summary>
    /// <param name="name">Its name, in histories too.</param>
    /// <param name="plan">What it is to do.</param>
    /// <param name="pgmqPort">Where the server with pgmq listens on loopback.</param>
    /// <param name="pgmq">The connection string for a port on loopback.</param>
    /// <param name="gateways">The silos' gateways.</param>
    public static LoadWorkerProcess Start(
        string name, ClusterPlan plan, int pgmqPort, Func<int, string> pgmq, IReadOnlyList<IPEndPoint> gateways)
    {
        var path = new TcpProxy(pgmqPort);
        var environment = new Dictionary<string, string>();
        if (!plan.IsStorm)
        {
            environment["ConnectionStrings__Pgmq"] = pgmq(path.Port);
        }

        var process = ManagedProcess.StartDotnet(
            name,
            Repository.Assembly("tests/Chaos", "TaskerCore.Orleans.Chaos"),
            [
                LoadWorkerHost.Command,
                $"--Worker={name}",
                $"--Gateways={string.Join(',', gateways)}",
                $"--Producers={plan.Producers}",
                string.Create(CultureInfo.InvariantCulture, $"--CallsPerSecond={plan.CallsPerSecond / plan.Workers:0.###}"),
                string.Create(CultureInfo.InvariantCulture, $"--CallLimitSeconds={plan.CallLimit.TotalSeconds:0.###}"),
            ],
            environment);
        return new LoadWorkerProcess(process, path);
    }

    public Task<LoadNews.CallsSince> CallsSinceAsync(long since, CancellationToken cancellationToken) =>
        AskAsync<LoadNews.CallsSince>(string.Create(CultureInfo.InvariantCulture, $"calls-since {since}"), AnswerLimit, cancellationToken);

    /// <summary>Has it begin no message more.</summary>
    public Task EndProducingAsync() => Process.TellAsync("end-producing");

    /// <summary>Has it make no call more, and waits for its last word.</summary>
    public async Task<LoadNews.Status> EndAsync(CancellationToken cancellationToken)
    {
        await Process.TellAsync("end");
        return await UntilAsync(status => status.IsQuiet, "quiet", AnswerLimit, cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Pgmq.DisposeAsync();
    }
}
