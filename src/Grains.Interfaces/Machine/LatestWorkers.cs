namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The two sessions that did something last, each with the last time: enough to know whether one alone did it since a time (S25a).</summary>
internal sealed class LatestWorkers
{
    private (Reporter Worker, TimeSpan At)? _latest;
    private (Reporter Worker, TimeSpan At)? _before;

    public void Note(Reporter worker, TimeSpan now)
    {
        if (_latest is { } latest && latest.Worker.Session != worker.Session)
        {
            _before = latest;
        }

        _latest = (worker, now);
    }

    /// <summary>The only session that did it since then; null when none did, or several.</summary>
    public Reporter? OnlyOneSince(TimeSpan since) => _latest is { } latest && latest.At >= since && !(_before?.At >= since) ? latest.Worker : null;

    /// <summary>Whether several sessions did it since then.</summary>
    public bool SeveralSince(TimeSpan since) => _latest?.At >= since && _before?.At >= since;

    public void Clear() => (_latest, _before) = (null, null);
}
