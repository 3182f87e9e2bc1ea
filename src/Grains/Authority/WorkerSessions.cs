using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>What was last counted of each worker's session, so that a retry counts once and gets the same permit (C4).</summary>
internal sealed class WorkerSessions
{
    /// <summary>How long a silent session is remembered: longer than any worker goes on retrying one report.</summary>
    public static TimeSpan Memory => SessionLimits.ReportRetries * 2;

    /// <summary>Sessions that are remembered, in memory and in the row; where there are more, those that were silent for longest are
    /// forgotten: a flood of made-up sessions costs an honest worker no more than the count of a retry.</summary>
    public const int Capacity = 10_000;

    private readonly Dictionary<Guid, Entry> _entries = [];
    private TimeSpan _nextSweep;

    public Entry GetOrAdd(Guid session, Moment now)
    {
        if (!_entries.TryGetValue(session, out var entry))
        {
            MakeRoom();
            _entries.Add(session, entry = new Entry());
        }

        entry.SeenAt = now.Elapsed;
        return entry;
    }

    /// <summary>Forgets sessions that were silent for long.</summary>
    public void Sweep(Moment now)
    {
        if (now.Elapsed < _nextSweep)
        {
            return;
        }

        _nextSweep = now.Elapsed + (Memory / 10);
        foreach (var silent in _entries.Where(entry => now.Elapsed - entry.Value.SeenAt >= Memory).Select(entry => entry.Key).ToList())
        {
            _entries.Remove(silent);
        }
    }

    public ImmutableArray<StoredSession> Capture() =>
    [
        .. _entries.Where(entry => (entry.Value.LastReport | entry.Value.LastPermit) != 0)
            .Select(entry => new StoredSession { Id = entry.Key, Report = entry.Value.LastReport, Permit = entry.Value.LastPermit }),
    ];

    /// <summary>Takes what another activation, or this one before, had counted: the higher number of each stands.</summary>
    public void Adopt(ImmutableArray<StoredSession> stored, Moment now)
    {
        foreach (var session in stored)
        {
            var entry = GetOrAdd(session.Id, now);
            entry.LastReport = Math.Max(entry.LastReport, session.Report);
            entry.LastPermit = Math.Max(entry.LastPermit, session.Permit);
        }
    }

    private void MakeRoom()
    {
        if (_entries.Count >= Capacity)
        {
            foreach (var silent in _entries.OrderBy(entry => entry.Value.SeenAt).Take(Capacity / 10).Select(entry => entry.Key).ToList())
            {
                _entries.Remove(silent);
            }
        }
    }

    public sealed class Entry
    {
        /// <summary>The number of the last report that was counted.</summary>
        public long LastReport { get; set; }

        /// <summary>The number of the last permit request that was answered.</summary>
        public long LastPermit { get; set; }

        /// <summary>What that request was given.</summary>
        public ProbePermit? Permit { get; set; }

        /// <summary>Which of its requests the worker has settled.</summary>
        public PermitProgress Permits { get; set; }

        public TimeSpan SeenAt { get; set; }
    }
}
