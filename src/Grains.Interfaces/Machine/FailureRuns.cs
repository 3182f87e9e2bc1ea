using System.Runtime.InteropServices;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>Runs of consecutive failures within one generation: in the authority's order of arrival, and in each worker's own (S2 a).</summary>
internal sealed class FailureRuns
{
    /// <summary>The number of workers whose run is kept; beyond it, the shortest runs are dropped.</summary>
    public const int Capacity = 10_000;

    /// <summary>Runs are not counted further: far above any threshold, far below what overflows.</summary>
    private const long Longest = 1_000_000_000;

    private readonly Dictionary<Guid, long> _byWorker = [];

    /// <summary>The current run in the authority's order of arrival.</summary>
    public long Current { get; private set; }

    /// <summary>The number of workers with a current run.</summary>
    public int Workers => _byWorker.Count;

    /// <summary>The longest current run, in any order.</summary>
    public long LongestCurrent => _byWorker.Count == 0 ? Current : Math.Max(Current, _byWorker.Values.Max());

    /// <summary>Applies a worker's outcomes as one batch, and returns the longest run that any of them was part of.</summary>
    public long Feed(Guid session, OutcomeTally tally)
    {
        ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_byWorker, session, out _);
        var reached = Math.Max(tally.LongestAfter(Current), tally.LongestAfter(own));
        Current = Math.Min(tally.RunAfter(Current), Longest);
        own = Math.Min(tally.RunAfter(own), Longest);
        if (own == 0)
        {
            _byWorker.Remove(session);
        }
        else if (_byWorker.Count > Capacity)
        {
            DropShortest();
        }

        return reached;
    }

    public void Clear()
    {
        Current = 0;
        _byWorker.Clear();
    }

    private void DropShortest()
    {
        foreach (var (session, _) in _byWorker.OrderBy(run => run.Value).Take(Capacity / 2).ToList())
        {
            _byWorker.Remove(session);
        }
    }
}
