using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>What happened in the fleet, told once: a transition of the cluster's breaker reaches three workers and is one event; what several workers do
/// alone at about the same time is one event with their names.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class EventLog
{
    private const int Remembered = 200;
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _lastFailure = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BreakerMode> _modes = new(StringComparer.Ordinal);
    private string? _lastFailureOfAny;

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
            Keep(new Entry(at, null, what, null, ink));
        }
    }

    /// <summary>A worker reported something; what is no event is kept as the reason of one.</summary>
    public void Hear(DateTimeOffset at, string worker, WorkerNews news)
    {
        lock (_lock)
        {
            HearLocked(at, worker, news);
        }
    }

    /// <summary>A worker's status: a change of who decides is an event.</summary>
    public void Hear(DateTimeOffset at, string worker, BreakerMode mode)
    {
        lock (_lock)
        {
            HearLocked(at, worker, mode);
        }
    }

    private void HearLocked(DateTimeOffset at, string worker, WorkerNews news)
    {
        switch (news)
        {
            case WorkerNews.FailedCall failed:
                _lastFailure[worker] = failed.Error;
                _lastFailureOfAny = failed.Error;
                break;
            case WorkerNews.SawTransition { Mode: BreakerMode.Connected } seen when _seen.Add(seen.Generation):
                Keep(new Entry(at, null, $"{Change(seen)}{(seen.Worker is null ? string.Empty : $", by {seen.Worker}")}", Why(seen, seen.Worker), Color(seen.To)));
                break;
            case WorkerNews.SawTransition { Mode: not BreakerMode.Connected } seen when _seen.Add(seen.Generation):
                AddTogether(at, worker, $"alone: {Change(seen)}", Why(seen, worker), Color(seen.To));
                break;
        }
    }

    private void HearLocked(DateTimeOffset at, string worker, BreakerMode mode)
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
                AddTogether(at, worker, "alone: no silo answers", null, Ink.Warning);
                break;
            case BreakerMode.Connected when before == BreakerMode.Local:
                AddTogether(at, worker, "in the cluster again", null, Ink.Good);
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

    /// <summary>The last error of the worker that decided, where an error did.</summary>
    private string? Why(WorkerNews.SawTransition seen, string? worker) => seen.To != BreakerState.Open || seen.Cause is TransitionCause.Takeover or TransitionCause.Merged
        ? null
        : worker is not null && _lastFailure.TryGetValue(worker, out var error) ? error : _lastFailureOfAny;

    private void AddTogether(DateTimeOffset at, string worker, string what, string? why, Ink ink)
    {
        var same = _entries.FindLast(entry => entry.Workers is not null && entry.What == what && at - entry.At < Together);
        if (same is not null)
        {
            same.Workers!.Add(worker);
            return;
        }

        Keep(new Entry(at, [worker], what, why, ink));
    }

    private void Keep(Entry entry)
    {
        _entries.Add(entry);
        if (_entries.Count > Remembered)
        {
            _entries.RemoveAt(0);
        }
    }

    private sealed record Entry(DateTimeOffset At, SortedSet<string>? Workers, string What, string? Why, Ink Ink)
    {
        public FleetEvent ToEvent() => new(At, Workers is null ? What : $"{Words.List([.. Workers])} {What}", Why, Ink);
    }
}
