using System.Runtime.CompilerServices;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Client.Mirror;

/// <content>What calls came to: collected from the counters for the core, and added up for metrics (C3, S13).</content>
internal sealed partial class BreakerMirror
{
    private HashSet<OutcomeCounter>? _retired;
    private StrongBox<CallCounts>? _collected;

    /// <summary>What this worker's calls came to since its start: what was collected, and what is not yet. Reading collects nothing (S13).</summary>
    public CallCounts Calls
    {
        get
        {
            lock (this)
            {
                var calls = (_collected?.Value ?? default) + _view.Counter.Uncollected;
                foreach (var counter in _retired ?? [])
                {
                    calls += counter.Uncollected;
                }

                return calls;
            }
        }
    }

    private void CollectAll(Moment now)
    {
        if (_retired is { } retired)
        {
            _retired = null;
            foreach (var counter in retired)
            {
                Collect(counter, now, retired: true);
            }
        }

        Collect(_view.Counter, now);
    }

    /// <param name="counter">The counter.</param>
    /// <param name="now">The time.</param>
    /// <param name="retired">Whether it was collected when it was retired already: what it counted since comes late.</param>
    private void Collect(OutcomeCounter counter, Moment now, bool retired = false)
    {
        if (counter.Collect() is { } part)
        {
            Add(part.Tally.Counts);
            _core.Record(part, now, retired);
        }
    }

    private void Add(CallCounts calls) => (_collected ??= new()).Value += calls;
}
