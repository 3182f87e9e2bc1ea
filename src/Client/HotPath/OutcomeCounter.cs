using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TaskerCore.Orleans.Grains.Interfaces;

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
}

/// <summary>Hears of what a counter cannot let wait. Called outside the counter's lock, by the thread that counted.</summary>
internal interface IOutcomeListener
{
    void OnNews(OutcomeCounter counter, OutcomeNews news);
}

/// <summary>Counts the outcomes of the calls that one generation admitted; successes without a lock, and yet in order with the
/// failures as far as runs need it (C2, C3). Safe for any number of threads.</summary>
/// <remarks>
/// <para>A success increments its processor's cell and then looks whether a run of failures is open; only then it takes the lock and
/// ends the run. A failure, under the lock, opens the run first and sums the cells after, with a full fence between: so either the
/// success sees the run, or the failure sees the success. A success that was incremented but collected before it could end the
/// run stands in the tally before that tally's failures, and then ends nothing: that is an order in which the calls, which
/// overlapped, may have ended.</para>
/// <para>Likewise a late call: it increments first and then looks whether the counter is retired, and retiring sets the flag before
/// it collects. So nothing is lost and nothing is counted twice.</para>
/// </remarks>
internal sealed class OutcomeCounter
{
    private const int RunOpen = 1;
    private const int Retired = 2;
    private static readonly int CellCount = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 8));

    private readonly Cell[] _cells = new Cell[CellCount];
    private readonly Lock _lock = new();
    private readonly IOutcomeListener _listener;
    private volatile int _flags;

    private Cell _collected;
    private long _failures;
    private long _ignored;
    private long _firstRun;
    private long _run;
    private long _longestRun;
    private bool _inFirstRun;
    private bool _runWasCollected;

    public OutcomeCounter(Generation generation, bool local, IOutcomeListener listener)
    {
        Generation = generation;
        Local = local;
        _listener = listener;
    }

    /// <summary>The generation that admits the calls.</summary>
    public Generation Generation { get; }

    /// <summary>Whether the worker admits them by its own decision (C8).</summary>
    public bool Local { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountSuccess()
    {
        Interlocked.Increment(ref OwnCell.Successes);
        if (_flags != 0)
        {
            AfterSuccess();
        }
    }

    /// <summary>A success whose duration was measured.</summary>
    public void CountSuccess(TimeSpan duration, bool slow)
    {
        CountDuration(duration, slow);
        CountSuccess();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountRejection()
    {
        Interlocked.Increment(ref OwnCell.Rejected);
        if (IsRetired)
        {
            _listener.OnNews(this, OutcomeNews.Late);
        }
    }

    public void CountFailure()
    {
        lock (_lock)
        {
            if ((_flags & RunOpen) == 0)
            {
                _flags |= RunOpen;
                Interlocked.MemoryBarrier();
                _run = 0;
                _runWasCollected = false;
                _inFirstRun = _failures == 0 && Sum().Successes == _collected.Successes;
            }

            _failures++;
            _run++;
            _longestRun = Math.Max(_longestRun, _run);
            _firstRun += _inFirstRun ? 1 : 0;
        }

        _listener.OnNews(this, IsRetired ? OutcomeNews.Late : OutcomeNews.Failure);
    }

    /// <summary>A failure whose duration was measured.</summary>
    public void CountFailure(TimeSpan duration, bool slow)
    {
        CountDuration(duration, slow);
        CountFailure();
    }

    public void CountIgnored()
    {
        lock (_lock)
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
        lock (_lock)
        {
            _flags |= Retired;
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>What was counted since the last collection; null when nothing was.</summary>
    public GenerationTally? Collect()
    {
        lock (_lock)
        {
            var sum = Sum();
            var successes = sum.Successes - _collected.Successes;
            var runIsOpen = (_flags & RunOpen) != 0;
            var tally = new OutcomeTally
            {
                Successes = successes,
                Failures = _failures,
                Ignored = _ignored,
                Rejected = sum.Rejected - _collected.Rejected,
                Slow = sum.Slow - _collected.Slow,
                TimedCalls = sum.Timed - _collected.Timed,
                TotalDuration = TimeSpan.FromTicks(sum.DurationTicks - _collected.DurationTicks),
                FirstRun = successes > 0 && runIsOpen && _inFirstRun ? 0 : _firstRun,
                LastRun = runIsOpen ? _run : 0,
                LongestRun = _longestRun,
            };
            if (tally.IsEmpty)
            {
                // A duration that was measured already stays for the collection that has its call.
                return null;
            }

            _collected = sum;
            (_failures, _ignored, _firstRun, _longestRun, _run) = (0, 0, 0, 0, 0);
            _inFirstRun = runIsOpen;
            _runWasCollected |= runIsOpen;
            return new GenerationTally { Generation = Generation, Local = Local, Tally = tally };
        }
    }

    private bool IsRetired => (_flags & Retired) != 0;

    private ref Cell OwnCell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)];
    }

    private void AfterSuccess()
    {
        var ended = false;
        lock (_lock)
        {
            if ((_flags & RunOpen) != 0 && Sum().Successes > _collected.Successes)
            {
                _flags &= ~RunOpen;
                ended = _runWasCollected;
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

    private void CountDuration(TimeSpan duration, bool slow)
    {
        ref var cell = ref OwnCell;
        Interlocked.Add(ref cell.DurationTicks, duration.Ticks);
        Interlocked.Increment(ref cell.Timed);
        if (slow)
        {
            Interlocked.Increment(ref cell.Slow);
        }
    }

    private Cell Sum()
    {
        var sum = default(Cell);
        foreach (ref var cell in _cells.AsSpan())
        {
            sum.Successes += Volatile.Read(ref cell.Successes);
            sum.Rejected += Volatile.Read(ref cell.Rejected);
            sum.Slow += Volatile.Read(ref cell.Slow);
            sum.Timed += Volatile.Read(ref cell.Timed);
            sum.DurationTicks += Volatile.Read(ref cell.DurationTicks);
        }

        return sum;
    }

    /// <summary>One processor's counts, on a cache line of their own.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Cell
    {
        public long Successes;
        public long Rejected;
        public long Slow;
        public long Timed;
        public long DurationTicks;
    }
}
