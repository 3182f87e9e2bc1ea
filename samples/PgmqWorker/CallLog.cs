using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>Counts what the worker's calls come to, and tells of what a watcher wants to know at once.</summary>
internal sealed partial class CallLog(ILogger<CallLog> logger)
{
    private const int RememberedCalls = 20_000;

    private readonly ConcurrentQueue<(long Begin, long End)> _calls = new();
    private long _failed;
    private long _rejected;
    private string? _toldGeneration;

    public long Sent { get; set; }

    public long Consumed { get; set; }

    public bool ProducingHasEnded { get; set; }

    /// <summary>Runs a protected call.</summary>
    public async Task<CallEnd> WatchAsync(Func<Task> call)
    {
        var begin = Stopwatch.GetTimestamp();
        try
        {
            await call();
            Remember(begin);
            return CallEnd.Done;
        }
        catch (CircuitOpenException rejection)
        {
            var at = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref _rejected);
            var generation = rejection.Generation.ToString();
            if (Interlocked.Exchange(ref _toldGeneration, generation) != generation)
            {
                Tell(new WorkerNews.FirstRejection(at, rejection.State, rejection.Generation.Number));
            }

            return CallEnd.Rejected;
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or IOException or TimeoutException)
        {
            Remember(begin);
            Interlocked.Increment(ref _failed);
            var at = Stopwatch.GetTimestamp();
            var error = Describe(exception);
            Tell(new WorkerNews.FailedCall(at, error));
            LogFailure(error);
            return CallEnd.Failed;
        }
    }

    public WorkerNews.Status Now(ICircuitBreaker breaker)
    {
        var snapshot = breaker.Snapshot;
        return new(
            snapshot.State,
            breaker.Mode,
            Sent,
            Consumed,
            Interlocked.Read(ref _failed),
            Interlocked.Read(ref _rejected),
            ProducingHasEnded,
            snapshot.Generation.Number,
            snapshot.Remaining?.TotalSeconds);
    }

    public WorkerNews.CallsSince Since(long since)
    {
        var calls = _calls.Where(call => call.Begin > since).ToList();
        return new(since, [.. calls.Select(call => call.Begin)], [.. calls.Select(call => call.End)]);
    }

    public static void Tell(WorkerNews report) => Console.WriteLine(report.ToLine());

    /// <summary>The message, and the innermost one where it says more: Npgsql puts the reason there.</summary>
    private static string Describe(Exception exception) =>
        exception.GetBaseException() is var reason && reason != exception ? $"{exception.Message}: {reason.Message}" : exception.Message;

    [LoggerMessage(1, LogLevel.Warning, "A call to pgmq failed. {Reason}")]
    private partial void LogFailure(string reason);

    private void Remember(long begin)
    {
        _calls.Enqueue((begin, Stopwatch.GetTimestamp()));
        while (_calls.Count > RememberedCalls)
        {
            _calls.TryDequeue(out _);
        }
    }
}
