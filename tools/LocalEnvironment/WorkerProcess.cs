using System.Collections.Concurrent;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A sample worker in a process of its own, whose path to pgmq can be cut.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<WorkerNews> _heard = new();
    private readonly Lock _lock = new();
    private readonly Task _listening;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(ManagedProcess process, TcpProxy path)
    {
        Process = process;
        Path = path;
        _listening = ListenAsync();
    }

    /// <summary>The process.</summary>
    public ManagedProcess Process { get; }

    /// <summary>Its path to pgmq.</summary>
    public TcpProxy Path { get; }

    /// <summary>How it stood when it last said so; null before the first time.</summary>
    public WorkerNews.Status? Status { get; private set; }

    private string Log => string.Join(Environment.NewLine, Process.Recent.Split(Environment.NewLine).Where(line => !line.StartsWith('{')).TakeLast(30));

    /// <summary>Everything else that it said.</summary>
    public IReadOnlyCollection<WorkerNews> Heard => _heard;

    /// <summary>Starts a worker.</summary>
    /// <param name="name">Its name, in histories too.</param>
    /// <param name="pgmqPort">Where the Postgres server with pgmq listens on loopback.</param>
    /// <param name="pgmq">The connection string of the database for a port on loopback.</param>
    /// <param name="gatewayPorts">The silos' gateways on loopback.</param>
    /// <param name="queue">The queue, which is there.</param>
    public static WorkerProcess Start(string name, int pgmqPort, Func<int, string> pgmq, IEnumerable<int> gatewayPorts, string queue)
    {
        var path = new TcpProxy(pgmqPort);
        var process = ManagedProcess.StartDotnet(
            name,
            Repository.Assembly("samples/PgmqWorker", "TaskerCore.Orleans.PgmqWorker"),
            [$"--Worker={name}", $"--Queue={queue}", $"--Gateways={string.Join(',', gatewayPorts.Select(port => $"127.0.0.1:{port}"))}"],
            new Dictionary<string, string> { ["ConnectionStrings__Pgmq"] = pgmq(path.Port) });
        return new WorkerProcess(process, path);
    }

    /// <summary>Waits until it stands as wanted.</summary>
    public Task<WorkerNews.Status> UntilAsync(Func<WorkerNews.Status, bool> wanted, string what, TimeSpan limit, CancellationToken cancellationToken = default) =>
        HearAsync(() => Status is { } status && wanted(status) ? status : null, what, limit, cancellationToken);

    /// <summary>Waits until it has said something that is wanted.</summary>
    public Task<T> UntilHeardAsync<T>(Func<T, bool> wanted, string what, TimeSpan limit, CancellationToken cancellationToken = default)
        where T : WorkerNews =>
        HearAsync(() => _heard.OfType<T>().FirstOrDefault(wanted), what, limit, cancellationToken);

    /// <summary>Asks for its calls since a time, those that were not rejected.</summary>
    public Task<WorkerNews.CallsSince> CallsSinceAsync(long since, TimeSpan limit, CancellationToken cancellationToken = default) =>
        AskAsync<WorkerNews.CallsSince>($"calls-since {since}", limit, cancellationToken);

    /// <summary>Has it make one protected call more, and tells what became of it.</summary>
    public async Task<CallEnd> TryCallAsync(TimeSpan limit, CancellationToken cancellationToken = default) =>
        (await AskAsync<WorkerNews.TriedCall>("try-call", limit, cancellationToken)).End;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _listening;
        await Path.DisposeAsync();
    }

    private async Task<T> AskAsync<T>(string question, TimeSpan limit, CancellationToken cancellationToken)
        where T : WorkerNews
    {
        var told = _heard.Count;
        await Process.TellAsync(question);
        return await HearAsync(() => _heard.Skip(told).OfType<T>().FirstOrDefault(), $"answering '{question}'", limit, cancellationToken);
    }

    private async Task<T> HearAsync<T>(Func<T?> look, string what, TimeSpan limit, CancellationToken cancellationToken)
        where T : class
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        due.CancelAfter(limit);
        while (true)
        {
            Task news;
            lock (_lock)
            {
                news = _news.Task;
            }

            if (look() is { } found)
            {
                return found;
            }

            if (_listening.IsCompleted)
            {
                throw new InvalidOperationException($"{Process.Name} ended before this: {what}. Its last lines:\n{Log}");
            }

            try
            {
                await Task.WhenAny(news, _listening).WaitAsync(due.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{Process.Name}, within {limit.TotalSeconds:0.#} s: not {what}. It stands: {Status}. Its last lines:\n{Log}");
            }
        }
    }

    private async Task ListenAsync()
    {
        await foreach (var line in Process.Lines.ReadAllAsync())
        {
            switch (WorkerNews.FromLine(line))
            {
                case WorkerNews.Status status:
                    Status = status;
                    break;
                case { } other:
                    _heard.Enqueue(other);
                    break;
                default:
                    continue;
            }

            lock (_lock)
            {
                _news.SetResult();
                _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
