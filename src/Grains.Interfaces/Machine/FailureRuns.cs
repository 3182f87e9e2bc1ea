using System.Runtime.InteropServices;

namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>Runs of consecutive failures within one generation: in the authority's order of arrival, and in each worker's own (S2 a).</summary>
internal sealed class FailureRuns
{
    private readonly Dictionary<Guid, long> _byWorker = [];

    /// <summary>The run that is going on in the authority's order of arrival.</summary>
    public long Current { get; private set; }

    /// <summary>The longest run that is going on, in anyone's order.</summary>
    public long LongestGoingOn => _byWorker.Count == 0 ? Current : Math.Max(Current, _byWorker.Values.Max());

    /// <summary>Takes a worker's outcomes as one batch and returns the longest run that any of them was part of.</summary>
    public long Feed(Guid session, OutcomeTally tally)
    {
        ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_byWorker, session, out _);
        var reached = Math.Max(tally.LongestAfter(Current), tally.LongestAfter(own));
        Current = tally.RunAfter(Current);
        own = tally.RunAfter(own);
        if (own == 0)
        {
            _byWorker.Remove(session);
        }

        return reached;
    }

    public void Clear()
    {
        Current = 0;
        _byWorker.Clear();
    }
}
