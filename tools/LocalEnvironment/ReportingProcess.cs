using System.Collections.Concurrent;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A process that tells how it stands, line by line, and answers questions on its standard input.</summary>
/// <typeparam name="TNews">What it says.</typeparam>
/// <typeparam name="TStatus">How it stands; it says so again and again, and the last one counts.</typeparam>
public abstract class ReportingProcess<TNews, TStatus> : IAsyncDisposable
    where TNews : class
    where TStatus : class, TNews
{
    private readonly ConcurrentQueue<TNews> _heard = new();
    private readonly Lock _lock = new();
    private readonly Task _listening;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TStatus? _status;

    /// <summary>Listens to a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="news">What it says.</param>
    protected ReportingProcess(ManagedProcess process, IAsyncEnumerable<TNews> news)
    {
        Process = process;
        _listening = ListenAsync(news);
    }

    /// <summary>The process.</summary>
    public ManagedProcess Process { get; }

    /// <summary>How it stood when it last said so; null before the first time.</summary>
    public TStatus? Status => _status;

    /// <summary>Everything else that it said.</summary>
    public IReadOnlyCollection<TNews> Heard => _heard;

    /// <summary>Its last lines that are no news.</summary>
    public string Log => string.Join(Environment.NewLine, Process.Recent.Split(Environment.NewLine).Where(line => !line.StartsWith('{')).TakeLast(30));

    /// <summary>Waits until it stands as wanted.</summary>
    public Task<TStatus> UntilAsync(Func<TStatus, bool> wanted, string what, TimeSpan limit, CancellationToken cancellationToken = default) =>
        HearAsync(() => Status is { } status && wanted(status) ? status : null, what, limit, cancellationToken);

    /// <summary>Waits until it has said something that is wanted.</summary>
    public Task<T> UntilHeardAsync<T>(Func<T, bool> wanted, string what, TimeSpan limit, CancellationToken cancellationToken = default)
        where T : class, TNews =>
        HearAsync(() => _heard.OfType<T>().FirstOrDefault(wanted), what, limit, cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _listening;
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a question and waits for its answer.</summary>
    protected async Task<T> AskAsync<T>(string question, TimeSpan limit, CancellationToken cancellationToken)
        where T : class, TNews
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

    private async Task ListenAsync(IAsyncEnumerable<TNews> news)
    {
        await foreach (var said in news)
        {
            if (said is TStatus status)
            {
                _status = status;
            }
            else
            {
                _heard.Enqueue(said);
            }

            lock (_lock)
            {
                _news.SetResult();
                _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
