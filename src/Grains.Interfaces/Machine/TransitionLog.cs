namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>The last transitions, how often each kind occurred, and the time in each state (S14).</summary>
internal sealed class TransitionLog
{
    /// <summary>Transitions that are kept.</summary>
    public const int Capacity = 100;

    private const int States = 5;

    private readonly List<BreakerTransition> _history = [];
    private readonly SortedDictionary<(BreakerState From, BreakerState To), long> _counts = [];
    private readonly TimeSpan[] _timeInState = new TimeSpan[States];
    private TimeSpan _since;

    public TransitionLog(TimeSpan now) => _since = now;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<BreakerTransition> History => _history;

    public IReadOnlyList<TransitionCount> Counts => [.. _counts.Select(kind => new TransitionCount(kind.Key.From, kind.Key.To, kind.Value))];

    /// <summary>Notes a transition that was made here.</summary>
    public void Append(BreakerTransition transition, TimeSpan now)
    {
        LeaveState(transition.From, now);
        _counts[(transition.From, transition.To)] = _counts.GetValueOrDefault((transition.From, transition.To)) + 1;
        Learn(transition);
    }

    /// <summary>Notes a transition that another activation made; one that is known already changes nothing.</summary>
    public void Learn(BreakerTransition transition)
    {
        if (_history.Exists(known => known.Generation == transition.Generation))
        {
            return;
        }

        var at = _history.FindLastIndex(known => known.Generation.Number <= transition.Generation.Number) + 1;
        _history.Insert(at, transition);
        if (_history.Count > Capacity)
        {
            _history.RemoveAt(0);
        }
    }

    /// <summary>Ends the stay in <paramref name="state"/>.</summary>
    public void LeaveState(BreakerState state, TimeSpan now)
    {
        _timeInState[(int)state] += now - _since;
        _since = now;
    }

    public IReadOnlyList<TimeSpan> TimeInState(BreakerState current, TimeSpan now)
    {
        var times = (TimeSpan[])_timeInState.Clone();
        times[(int)current] += now - _since;
        return times;
    }

    /// <summary>Replaces what was counted; the stay in the current state is counted anew from <paramref name="now"/>.</summary>
    public void Restate(IEnumerable<TransitionCount> counts, IEnumerable<TimeSpan> timeInState, TimeSpan now)
    {
        _counts.Clear();
        foreach (var (from, to, count) in counts)
        {
            _counts[(from, to)] = count;
        }

        Array.Clear(_timeInState);
        foreach (var (state, time) in timeInState.Take(States).Index())
        {
            _timeInState[state] = time;
        }

        _since = now;
    }
}
