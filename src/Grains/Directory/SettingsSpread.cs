using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>Which breakers must still be sent the newest settings (S18): each until it has taken them, or there are newer ones.</summary>
/// <remarks>At most <see cref="MostUnderWay"/> are sent to at once: a change for a hundred thousand breakers does not wake them all in one moment.</remarks>
internal sealed class SettingsSpread
{
    /// <summary>Breakers that are sent to at once.</summary>
    internal const int MostUnderWay = 64;

    /// <summary>The pause before a breaker that did not take them is sent them again.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Queue<string> _waiting = new();
    private readonly Queue<(string Component, TimeSpan At)> _failed = new();
    private int _underWay;

    /// <summary>The number of the settings that are sent; 0: none yet.</summary>
    public long Version { get; private set; }

    /// <summary>When the next breaker is due; null: none, or none before another has ended.</summary>
    public TimeSpan? NextDue => _underWay >= MostUnderWay ? null
        : _waiting.Count > 0 ? TimeSpan.Zero
        : _failed.TryPeek(out var failed) ? failed.At
        : null;

    /// <summary>Newer settings: all of these breakers must have them, and older ones are no longer sent.</summary>
    public void Begin(long version, IEnumerable<string> components)
    {
        Version = version;
        _failed.Clear();
        _waiting.Clear();
        foreach (var component in components)
        {
            _waiting.Enqueue(component);
        }
    }

    /// <summary>The breakers to send them to now; each is under way until <see cref="Ended"/>.</summary>
    public IReadOnlyList<string> TakeDue(Moment now)
    {
        while (_failed.TryPeek(out var failed) && failed.At <= now.Elapsed)
        {
            _waiting.Enqueue(_failed.Dequeue().Component);
        }

        List<string>? due = null;
        while (_underWay < MostUnderWay && _waiting.TryDequeue(out var component))
        {
            _underWay++;
            (due ??= []).Add(component);
        }

        return due ?? [];
    }

    /// <summary>A breaker has taken what was sent, or has not.</summary>
    public void Ended(string component, long version, bool taken, Moment now)
    {
        _underWay--;
        if (!taken && version == Version)
        {
            _failed.Enqueue((component, now.Elapsed + Pause));
        }
    }
}
