using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace TaskerCore.Orleans;

/// <summary>The last transitions, how often each kind occurred, and the time in each state (S14).</summary>
internal sealed class TransitionLog
{
    /// <summary>The number of transitions that are kept.</summary>
    public const int Capacity = 100;

    private const int States = 5;

    private readonly List<BreakerTransition> _history = [];
    private readonly List<TransitionCount> _counts = [];
    private readonly TimeSpan[] _timeInState = new TimeSpan[States];
    private TimeSpan _since;

    public TransitionLog(TimeSpan now) => _since = now;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<BreakerTransition> History => _history;

    /// <summary>Each kind once, in the order of the states that were left, then of those that were entered.</summary>
    public IReadOnlyList<TransitionCount> Counts => _counts;

    /// <summary>Adds a transition that was made here.</summary>
    public void Append(BreakerTransition transition, TimeSpan now)
    {
        LeaveState(transition.From, now);
        Count(transition.From, transition.To);
        Add(transition);
    }

    /// <summary>Adds a transition that another activation made; a known one changes nothing.</summary>
    public void Add(BreakerTransition transition)
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

    public ImmutableArray<TimeSpan> TimeInState(BreakerState current, TimeSpan now)
    {
        var times = (TimeSpan[])_timeInState.Clone();
        times[(int)current] += now - _since;
        return ImmutableCollectionsMarshal.AsImmutableArray(times);
    }

    /// <summary>Replaces the counts; the stay in the current state is counted again from <paramref name="now"/>.</summary>
    public void Restate(IEnumerable<TransitionCount> counts, IEnumerable<TimeSpan> timeInState, TimeSpan now)
    {
        _counts.Clear();
        _counts.AddRange(counts.OrderBy(kind => kind.From).ThenBy(kind => kind.To));

        Array.Clear(_timeInState);
        foreach (var (state, time) in timeInState.Take(States).Index())
        {
            _timeInState[state] = time;
        }

        _since = now;
    }

    private void Count(BreakerState from, BreakerState to)
    {
        var at = _counts.FindIndex(kind => (kind.From, kind.To).CompareTo((from, to)) >= 0);
        if (at >= 0 && (_counts[at].From, _counts[at].To) == (from, to))
        {
            _counts[at] = _counts[at] with { Count = _counts[at].Count + 1 };
        }
        else
        {
            _counts.Insert(at < 0 ? _counts.Count : at, new TransitionCount(from, to, 1));
        }
    }
}
