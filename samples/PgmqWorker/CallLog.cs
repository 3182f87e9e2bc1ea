using System.Collections.Concurrent;
using System.Diagnostics;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.PgmqWorker;

/// <summary>Counts what the worker's calls come to, and tells of what a watcher wants to know at once.</summary>
internal sealed class CallLog
{
    private const int RememberedCalls = 20_000;

    private readonly ConcurrentQueue<(long Begin, long End)> _calls = new();
    private long _failed;
    private long _rejected;
    private long _toldGeneration = -1;

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
            if (Interlocked.Exchange(ref _toldGeneration, rejection.Generation.Number) != rejection.Generation.Number)
            {
                Tell(new WorkerNews.FirstRejection(at, rejection.State, rejection.Generation.Number));
            }

            return CallEnd.Rejected;
        }
        catch (Exception exception) when (exception is Npgsql.NpgsqlException or IOException or TimeoutException)
        {
            Remember(begin);
            Interlocked.Increment(ref _failed);
            Tell(new WorkerNews.FailedCall(Stopwatch.GetTimestamp(), exception.Message));
            return CallEnd.Failed;
        }
    }

    public WorkerNews.Status Now(ICircuitBreaker breaker) => new(
        breaker.Snapshot.State,
        breaker.Mode,
        Sent,
        Consumed,
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _rejected),
        ProducingHasEnded);

    public WorkerNews.CallsSince Since(long since)
    {
        var calls = _calls.Where(call => call.Begin > since).ToList();
        return new(since, [.. calls.Select(call => call.Begin)], [.. calls.Select(call => call.End)]);
    }

    public static void Tell(WorkerNews report) => Console.WriteLine(report.ToLine());

    private void Remember(long begin)
    {
        _calls.Enqueue((begin, Stopwatch.GetTimestamp()));
        while (_calls.Count > RememberedCalls)
        {
            _calls.TryDequeue(out _);
        }
    }
}
