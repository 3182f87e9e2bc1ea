namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The two sessions that last did something, each with its last time: enough to decide whether one alone did it since a given time
/// (S25a).</summary>
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

    /// <summary>The only session since then; null if there is none, or several.</summary>
    public Reporter? OnlyOneSince(TimeSpan since) => _latest is { } latest && latest.At >= since && !(_before?.At >= since) ? latest.Worker : null;

    /// <summary>Whether there are several sessions since then.</summary>
    public bool SeveralSince(TimeSpan since) => _latest?.At >= since && _before?.At >= since;

    public void Clear() => (_latest, _before) = (null, null);
}
