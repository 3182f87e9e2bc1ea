using System.Globalization;
using System.Net;
using System.Threading.Channels;
using TaskerCore.Orleans.Chaos.LoadWorker;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Cluster;

/// <summary>A load worker, alone in its process or with others; its way to pgmq can be cut.</summary>
internal sealed class LoadWorkerProcess : ReportingProcess<LoadNews, LoadNews.Status>
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly TcpProxy? _pgmq;

    private LoadWorkerProcess(string name, ManagedProcess process, IAsyncEnumerable<LoadNews> news, TcpProxy? pgmq)
        : base(process, news) => (Name, _pgmq) = (name, pgmq);

    public string Name { get; }

    /// <summary>Its way to pgmq.</summary>
    /// <exception cref="InvalidOperationException">It knows no pgmq.</exception>
    public TcpProxy Pgmq => _pgmq ?? throw new InvalidOperationException($"{Name} knows no pgmq.");

    /// <summary>Starts a process with one.</summary>
    /// <param name="name">Its name, in histories too.</param>
    /// <param name="plan">What it is to do.</param>
    /// <param name="pgmqPort">Where the server with pgmq listens on loopback.</param>
    /// <param name="pgmq">The connection string for a port on loopback.</param>
    /// <param name="gateways">The silos' gateways.</param>
    public static LoadWorkerProcess Start(
        string name, ClusterPlan plan, int pgmqPort, Func<int, string> pgmq, IReadOnlyList<IPEndPoint> gateways)
    {
        var path = new TcpProxy(pgmqPort);
        var process = StartProcess([name], plan, gateways, new() { ["ConnectionStrings__Pgmq"] = pgmq(path.Port) });
        return new LoadWorkerProcess(name, process, process.News(LoadNews.FromLine), path);
    }

    /// <summary>Starts a process with several, which know no pgmq.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="plan">What they are to do.</param>
    /// <param name="gateways">The silos' gateways.</param>
    public static IReadOnlyList<LoadWorkerProcess> StartSeveral(IReadOnlyList<string> names, ClusterPlan plan, IReadOnlyList<IPEndPoint> gateways)
    {
        var process = StartProcess(names, plan, gateways, []);
        var news = names.ToDictionary(name => name, _ => Channel.CreateUnbounded<LoadNews>(), StringComparer.Ordinal);
        _ = ShareOutAsync();
        return [.. names.Select(name => new LoadWorkerProcess(name, process, news[name].Reader.ReadAllAsync(), pgmq: null))];

        async Task ShareOutAsync()
        {
            Exception? broken = null;
            try
            {
                await foreach (var said in process.News(LoadNews.FromLine))
                {
                    news[said.Worker].Writer.TryWrite(said);
                }
            }
            catch (Exception exception)
            {
                // Each worker's reader throws it.
                broken = exception;
            }

            foreach (var channel in news.Values)
            {
                channel.Writer.Complete(broken);
            }
        }
    }

    private static ManagedProcess StartProcess(
        IReadOnlyList<string> names, ClusterPlan plan, IReadOnlyList<IPEndPoint> gateways, Dictionary<string, string> environment) =>
        ManagedProcess.StartDotnet(
            names.Count == 1 ? names[0] : $"{names[0]} to {names[^1]}",
            Repository.Assembly("tools/Chaos", "TaskerCore.Orleans.Chaos"),
            [
                LoadWorkerHost.Command,
                $"--Workers={string.Join(',', names)}",
                $"--Gateways={string.Join(',', gateways)}",
                $"--Producers={plan.Producers}",
                string.Create(CultureInfo.InvariantCulture, $"--CallsPerSecond={plan.CallsPerSecond / plan.Workers:0.###}"),
                string.Create(CultureInfo.InvariantCulture, $"--CallLimitSeconds={plan.CallLimit.TotalSeconds:0.###}"),
            ],
            environment);

    public Task<LoadNews.CallsSince> CallsSinceAsync(long since, CancellationToken cancellationToken) =>
        AskAsync<LoadNews.CallsSince>(string.Create(CultureInfo.InvariantCulture, $"{Name} calls-since {since}"), AnswerLimit, cancellationToken);

    /// <summary>Has it begin no message more.</summary>
    public Task EndProducingAsync() => Process.TellAsync($"{Name} end-producing");

    /// <summary>Has it make no call more, and waits for its last word.</summary>
    public async Task<LoadNews.Status> EndAsync(CancellationToken cancellationToken)
    {
        await Process.TellAsync($"{Name} end");
        return await UntilAsync(status => status.IsQuiet, "quiet", AnswerLimit, cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_pgmq is not null)
        {
            await _pgmq.DisposeAsync();
        }
    }
}
