using System.Runtime.CompilerServices;

namespace TaskerCore.Orleans.Client.HotPath;

/// <summary>What a counter tells at once, because it cannot wait for the next collection.</summary>
internal enum OutcomeNews
{
    /// <summary>A failure was counted.</summary>
    Failure = 0,

    /// <summary>A success ended a run of failures that had been collected before (C2).</summary>
    RunEnded = 1,

    /// <summary>Something was counted after the generation was over (S8).</summary>
    Late = 2,

    /// <summary>A failure was counted that makes a run long enough to hold the worker's calls (C12).</summary>
    RunIsEnough = 3,
}

/// <summary>Hears of what a counter cannot let wait. Called outside the counter's lock, by the thread that counted.</summary>
internal interface IOutcomeListener
{
    void OnNews(OutcomeCounter counter, OutcomeNews news);
}

/// <summary>Counts the outcomes of the calls that one generation admitted; successes without a lock, and yet in order with the
/// failures as far as runs need it (C2, C3). Safe for any number of threads.</summary>
/// <remarks>
/// <para>A success increments its count and then looks whether a run of failures is open; only then it takes the lock and
/// ends the run. A failure, under the lock, opens the run first and sums the counts after, with a full fence between: so either the
/// success sees the run, or the failure sees the success. A success that was incremented but collected before it could end the
/// run stands in the tally before that tally's failures, and then ends nothing: that is an order in which the calls, which
/// overlapped, may have ended.</para>
/// <para>Likewise a late call: it increments first and then looks whether the counter is retired, and retiring sets the flag before
/// it collects. So nothing is lost and nothing is counted twice.</para>
/// <para>The lock is the counter itself, which nobody else locks: an object less for each breaker.</para>
/// </remarks>
internal sealed class OutcomeCounter
{
    private const int RunOpen = 1;
    private const int Retired = 2;

    private readonly IOutcomeListener _listener;
    private volatile int _flags;
    private int _enoughInARow;

    private StripedCounts _counts;
    private long _failures;
    private long _ignored;
    private long _firstRun;
    private long _run;
    private long _collectedOfRun;
    private long _longestRun;
    private bool _inFirstRun;

    /// <param name="generation">The generation that admits the calls.</param>
    /// <param name="local">Whether the worker admits them by its own decision.</param>
    /// <param name="listener">Learns what cannot wait.</param>
    /// <param name="run">The worker's run of failures that goes on from a counter before.</param>
    public OutcomeCounter(Generation generation, bool local, IOutcomeListener listener, long run = 0)
    {
        Generation = generation;
        Local = local;
        _listener = listener;
        if (run > 0)
        {
            _flags = RunOpen;
            _run = run;
            _collectedOfRun = run;
            _inFirstRun = true;
        }
    }

    /// <summary>The generation that admits the calls.</summary>
    public Generation Generation { get; }

    /// <summary>Whether the worker admits them by its own decision (C8).</summary>
    public bool Local { get; }

    /// <summary>From how many failures in a row each is news that cannot wait (C12); 0: none is.</summary>
    public int EnoughInARow
    {
        get => Volatile.Read(ref _enoughInARow);
        set => Volatile.Write(ref _enoughInARow, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountSuccess() => CountSuccess(ref _counts.Own);

    /// <summary>A success whose duration was measured.</summary>
    public void CountSuccess(TimeSpan duration, bool slow)
    {
        ref var own = ref _counts.Own;
        CountDuration(ref own, duration, slow);
        CountSuccess(ref own);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountRejection()
    {
        _counts.Increment(ref _counts.Own.Rejected);
        if (IsRetired)
        {
            _listener.OnNews(this, OutcomeNews.Late);
        }
    }

    public void CountFailure()
    {
        bool isEnough;
        lock (this)
        {
            if ((_flags & RunOpen) == 0)
            {
                _flags |= RunOpen;
                Interlocked.MemoryBarrier();
                _run = 0;
                _collectedOfRun = 0;
                _inFirstRun = _failures == 0 && _counts.Untaken.Successes == 0;
            }

            _failures++;
            _run++;
            _longestRun = Math.Max(_longestRun, _run - _collectedOfRun);
            _firstRun += _inFirstRun ? 1 : 0;
            isEnough = _enoughInARow > 0 && _run >= _enoughInARow;
        }

        _listener.OnNews(this, IsRetired ? OutcomeNews.Late : isEnough ? OutcomeNews.RunIsEnough : OutcomeNews.Failure);
    }

    /// <summary>A failure whose duration was measured.</summary>
    public void CountFailure(TimeSpan duration, bool slow)
    {
        CountDuration(ref _counts.Own, duration, slow);
        CountFailure();
    }

    public void CountIgnored()
    {
        lock (this)
        {
            _ignored++;
        }

        if (IsRetired)
        {
            _listener.OnNews(this, OutcomeNews.Late);
        }
    }

    /// <summary>The generation is over. Calls that are still under way tell the listener when they end.</summary>
    public void Retire()
    {
        lock (this)
        {
            _flags |= Retired;
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>What was counted since the last collection. Nothing is taken (S13).</summary>
    public CallCounts Uncollected
    {
        get
        {
            lock (this)
            {
                return Counted(_counts.Untaken);
            }
        }
    }

    /// <summary>What was counted since the last collection; null when nothing was.</summary>
    public GenerationTally? Collect()
    {
        lock (this)
        {
            var calls = _counts.Untaken;
            if ((calls.Successes | calls.Rejected | _failures | _ignored) == 0)
            {
                // A duration that was measured already stays for the collection that has its call.
                return null;
            }

            var taken = Counted(_counts.Take());
            var runIsOpen = (_flags & RunOpen) != 0;
            var tally = new OutcomeTally
            {
                Counts = taken,
                FirstRun = taken.Successes > 0 && runIsOpen && _inFirstRun ? 0 : _firstRun,
                LastRun = runIsOpen ? _run - _collectedOfRun : 0,
                LongestRun = _longestRun,
            };
            (_failures, _ignored, _firstRun, _longestRun) = (0, 0, 0, 0);
            _inFirstRun = runIsOpen;
            _collectedOfRun = runIsOpen ? _run : 0;
            return new GenerationTally { Generation = Generation, Local = Local, Tally = tally };
        }
    }

    /// <summary>What was counted without the lock, with what was counted under it.</summary>
    private CallCounts Counted(HotCounts hot) => new()
    {
        Successes = hot.Successes,
        Failures = _failures,
        Ignored = _ignored,
        Rejected = hot.Rejected,
        Slow = hot.Slow,
        TimedCalls = hot.Timed,
        TotalDuration = TimeSpan.FromTicks(hot.DurationTicks),
    };

    private bool IsRetired => (_flags & Retired) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountSuccess(ref HotCounts own)
    {
        _counts.Increment(ref own.Successes);
        if (_flags != 0)
        {
            AfterSuccess();
        }
    }

    private void AfterSuccess()
    {
        var ended = false;
        lock (this)
        {
            if ((_flags & RunOpen) != 0 && _counts.Untaken.Successes > 0)
            {
                _flags &= ~RunOpen;
                ended = _collectedOfRun > 0;
            }
        }

        if (IsRetired)
        {
            _listener.OnNews(this, OutcomeNews.Late);
        }
        else if (ended)
        {
            _listener.OnNews(this, OutcomeNews.RunEnded);
        }
    }

    private static void CountDuration(ref HotCounts own, TimeSpan duration, bool slow)
    {
        Interlocked.Add(ref own.DurationTicks, duration.Ticks);
        Interlocked.Increment(ref own.Timed);
        if (slow)
        {
            Interlocked.Increment(ref own.Slow);
        }
    }
}
