using System.Diagnostics;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>Counts what the worker's calls come to, and remembers when. Safe for any number of threads.</summary>
internal sealed class CallJournal(LoadSettings settings)
{
    private const int MostRemembered = 1_000_000;
    private const int MostTold = 10_000;

    private readonly Lock _lock = new();
    private readonly List<long> _made = [];
    private readonly List<long> _failures = [];
    private readonly List<long> _rejections = [];
    private readonly List<SeenTransition> _transitions = [];
    private LoadCounts _counts = LoadCounts.Zero;
    private int _running;

    public LoadCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _counts;
            }
        }
    }

    /// <summary>Calls that were let through, as far as one can know it before they end: not rejected yet.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Makes a protected call; true when it was carried out, false when it failed, null when it was rejected.</summary>
    public async Task<bool?> WatchAsync(Func<Task> call)
    {
        var begin = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _running);
        try
        {
            await call();
            Note(begin, new LoadCounts(1, 0, 0, 0));
            return true;
        }
        catch (CircuitOpenException)
        {
            NoteRejection();
            return null;
        }
        catch (Exception exception) when (PgmqErrors.Classify(exception) == OutcomeKind.Failure)
        {
            Note(begin, new LoadCounts(0, 1, 0, 0));
            return false;
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"ignored: {exception.Message}");
            Note(begin, new LoadCounts(0, 0, 1, 0));
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Notes a protected call of a storm: neither its failure nor a rejection costs an exception.</summary>
    public async Task WatchAsync(ValueTask<CallOutcome<StormAnswer>> call)
    {
        var begin = Stopwatch.GetTimestamp();
        if ((await call).IsRejected)
        {
            NoteRejection();
        }
        else
        {
            Note(begin, new LoadCounts(0, 1, 0, 0));
        }
    }

    public void Saw(BreakerState to)
    {
        lock (_lock)
        {
            _transitions.Add(new(Stopwatch.GetTimestamp(), to));
        }
    }

    public LoadNews.CallsSince Since(long since)
    {
        lock (_lock)
        {
            return new(settings.Worker, since, After(_made), After(_failures), After(_rejections), [.. _transitions.Where(seen => seen.At > since)]);
        }

        // Ends are noted in about the order of their times: that of a call's begin is off by as long as the call took.
        IReadOnlyList<long> After(List<long> times) => [.. times.Where(time => time > since).Order().Take(MostTold)];
    }

    private static void Remember(List<long> times, long time)
    {
        if (times.Count == MostRemembered)
        {
            times.RemoveRange(0, MostRemembered / 2);
        }

        times.Add(time);
    }

    private void NoteRejection()
    {
        lock (_lock)
        {
            Remember(_rejections, Stopwatch.GetTimestamp());
            _counts += new LoadCounts(0, 0, 0, 1);
        }
    }

    private void Note(long begin, LoadCounts counts)
    {
        lock (_lock)
        {
            Remember(_made, begin);
            if (counts.Failed > 0)
            {
                Remember(_failures, Stopwatch.GetTimestamp());
            }

            _counts += counts;
        }
    }
}
