namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>Limits how many transitions a worker logs: of a breaker that flaps, and of many breakers at once. What is left out is summed up when
/// the period ends. Safe for any number of threads.</summary>
internal sealed class TransitionLogLimit
{
    /// <summary>Lines of one breaker in a period.</summary>
    public const int PerBreaker = 10;

    /// <summary>Lines of all breakers in a period.</summary>
    public const int PerWorker = 100;

    /// <summary>Breakers that are named when a period ends; the rest is a number.</summary>
    public const int MostNamed = 20;

    /// <summary>Begins with the first transition after the last period.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Counted> _counted = [];
    private long _endsAtTicks = long.MaxValue;
    private int _lines;

    /// <summary>Whether a transition is to be logged. Of one that is not, the state is kept for the end of the period.</summary>
    public bool Admits(string component, BreakerState state, TimeSpan now)
    {
        lock (_lock)
        {
            if (_endsAtTicks == long.MaxValue)
            {
                Volatile.Write(ref _endsAtTicks, (now + Period).Ticks);
            }

            var counted = _counted.GetValueOrDefault(component);
            if (counted.Lines < PerBreaker && _lines < PerWorker)
            {
                _lines++;
                _counted[component] = counted with { Lines = counted.Lines + 1 };
                return true;
            }

            _counted[component] = counted with { LeftOut = counted.LeftOut + 1, State = state };
            return false;
        }
    }

    /// <summary>The sums of what was left out, when a period has ended: once.</summary>
    public IReadOnlyList<LeftOut> EndPeriod(TimeSpan now)
    {
        if (now.Ticks < Volatile.Read(ref _endsAtTicks))
        {
            return [];
        }

        lock (_lock)
        {
            if (now.Ticks < _endsAtTicks)
            {
                return [];
            }

            var all = _counted.Where(one => one.Value.LeftOut > 0).OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => new LeftOut(one.Key, one.Value.LeftOut, one.Value.State)).ToArray();
            _counted.Clear();
            _lines = 0;
            Volatile.Write(ref _endsAtTicks, long.MaxValue);
            return all;
        }
    }

    private readonly record struct Counted(int Lines, int LeftOut, BreakerState State);

    /// <summary>Transitions of one breaker that were not logged, and where they led.</summary>
    internal sealed record LeftOut(string Component, int Transitions, BreakerState State);
}
