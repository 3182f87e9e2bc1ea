using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>What happened in the fleet, each once: a transition of the cluster's breaker reaches three workers and is one event; what several workers do
/// alone at about the same time is one event with their names.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class EventLog
{
    private const int Remembered = 200;
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkerNews.FailedCall> _lastFailure = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BreakerMode> _modes = new(StringComparer.Ordinal);
    private WorkerNews.FailedCall? _lastFailureOfAny;
    private long _lastTransition;

    /// <summary>What happened, the oldest first.</summary>
    public IReadOnlyList<FleetEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Select(entry => entry.ToEvent())];
            }
        }
    }

    /// <summary>Something that the user of the demo did, or that became of it.</summary>
    public void Add(DateTimeOffset at, string what, Ink ink = Ink.Plain)
    {
        lock (_lock)
        {
            Keep(new Entry(at, null, what, ink));
        }
    }

    /// <summary>A worker reported something; what is no event is kept as the reason of one.</summary>
    public void Apply(DateTimeOffset at, string worker, WorkerNews news)
    {
        lock (_lock)
        {
            ApplyLocked(at, worker, news);
        }
    }

    /// <summary>A worker's status: a change of who decides is an event.</summary>
    public void Apply(DateTimeOffset at, string worker, BreakerMode mode)
    {
        lock (_lock)
        {
            ApplyLocked(at, worker, mode);
        }
    }

    private void ApplyLocked(DateTimeOffset at, string worker, WorkerNews news)
    {
        switch (news)
        {
            case WorkerNews.FailedCall failed:
                _lastFailure[worker] = _lastFailureOfAny = failed;
                foreach (var entry in _entries.Where(entry => entry.AwaitsErrorOf == worker))
                {
                    (entry.Why, entry.AwaitsErrorOf) = (failed.Error, null);
                }

                break;
            case WorkerNews.SawTransition { Mode: BreakerMode.Connected } seen when _seen.Add(seen.Generation):
                Keep(Explained(new Entry(at, null, $"{Change(seen)}{(seen.Worker is null ? string.Empty : $", by {seen.Worker}")}", Color(seen.To)), seen, seen.Worker));
                break;
            case WorkerNews.SawTransition { Mode: not BreakerMode.Connected } seen when _seen.Add(seen.Generation):
                AddTogether(at, worker, $"alone: {Change(seen)}", Color(seen.To), seen);
                break;
        }
    }

    private void ApplyLocked(DateTimeOffset at, string worker, BreakerMode mode)
    {
        var before = _modes.GetValueOrDefault(worker);
        _modes[worker] = mode;
        if (mode == before)
        {
            return;
        }

        switch (mode)
        {
            case BreakerMode.Local:
                AddTogether(at, worker, "alone: no silo answers", Ink.Warning);
                break;
            case BreakerMode.Connected when before == BreakerMode.Local:
                AddTogether(at, worker, "in the cluster again", Ink.Good);
                break;
        }
    }

    private static string Change(WorkerNews.SawTransition seen) => $"{Words.Of(seen.From)} -> {Words.Of(seen.To)}, {Words.Of(seen.Cause, ' ')}";

    private static Ink Color(BreakerState state) => state switch
    {
        BreakerState.Closed or BreakerState.ForcedClosed => Ink.Good,
        BreakerState.HalfOpen => Ink.Warning,
        _ => Ink.Bad,
    };

    /// <summary>Gives an opening the last error of the worker that decided. Another worker may have reported the opening first: then the error follows.</summary>
    private Entry Explained(Entry entry, WorkerNews.SawTransition seen, string? worker)
    {
        if (seen.To == BreakerState.Open && seen.Cause is not (TransitionCause.Takeover or TransitionCause.Merged))
        {
            // An error from before the last transition explains that one, and not this.
            var last = worker is null ? _lastFailureOfAny : _lastFailure.GetValueOrDefault(worker);
            entry.Why = last?.At > _lastTransition ? last.Error : null;
            entry.AwaitsErrorOf = entry.Why is null ? worker : null;
        }

        _lastTransition = seen.At;
        return entry;
    }

    private void AddTogether(DateTimeOffset at, string worker, string what, Ink ink, WorkerNews.SawTransition? seen = null)
    {
        var same = _entries.FindLast(entry => entry.Workers is not null && entry.What == what && at - entry.At < Together);
        if (same is not null)
        {
            same.Workers!.Add(worker);
            return;
        }

        var entry = new Entry(at, [worker], what, ink);
        Keep(seen is null ? entry : Explained(entry, seen, worker));
    }

    private void Keep(Entry entry)
    {
        _entries.Add(entry);
        if (_entries.Count > Remembered)
        {
            _entries.RemoveAt(0);
        }
    }

    private sealed class Entry(DateTimeOffset at, SortedSet<string>? workers, string what, Ink ink)
    {
        public DateTimeOffset At => at;

        public SortedSet<string>? Workers => workers;

        public string What => what;

        public string? Why { get; set; }

        /// <summary>The worker whose next error explains the entry; null: none does.</summary>
        public string? AwaitsErrorOf { get; set; }

        public FleetEvent ToEvent() => new(at, workers is null ? what : $"{Words.List([.. workers])} {what}", Why, ink);
    }
}
