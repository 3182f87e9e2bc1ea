using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>When to write: a transition at once, totals at their interval, one write at a time, retried until the newest state is
/// stored, and never before a read has succeeded (C6).</summary>
internal sealed class WriteBehind
{
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
    private bool _urgent;
    private bool _changed;
    private bool _urgentInFlight;
    private TimeSpan _tryAt;
    private TimeSpan _lastWriteAt;
    private TimeSpan? _changedAt;
    private TimeSpan? _urgentAt;
    private TimeSpan? _waitingInFlight;

    public WriteBehind(Moment now) => _lastWriteAt = now.Elapsed;

    /// <summary>Whether the store has been read.</summary>
    public bool MayWrite { get; private set; }

    public bool InFlight { get; private set; }

    /// <summary>Whether something is not stored yet.</summary>
    public bool IsDirty => _changed || _urgent || InFlight;

    /// <summary>Writes that failed one after the other.</summary>
    public int Failures { get; private set; }

    /// <summary>Since when something ought to be stored that is not; null when all is. Totals ought to be at their interval, which may be
    /// yet to come.</summary>
    public TimeSpan? WaitingSince(TimeSpan interval)
    {
        TimeSpan? totals = _changedAt is { } at ? Durations.Max(at, _lastWriteAt + interval) : null;
        return Durations.Earlier(_waitingInFlight, Durations.Earlier(_urgentAt, totals));
    }

    /// <summary>Something changed: totals, or, urgent, what must not be lost.</summary>
    public void Changed(bool urgent)
    {
        _changed = true;
        _urgent |= urgent;
    }

    public void ReadSucceeded(Moment now)
    {
        MayWrite = true;
        _tryAt = now.Elapsed;
    }

    /// <summary>When a write is next due; null when nothing is to be written or nothing may be.</summary>
    public TimeSpan? NextDue(TimeSpan interval)
    {
        if (!MayWrite || InFlight || !(_changed || _urgent))
        {
            return null;
        }

        return _urgent ? _tryAt : Durations.Max(_tryAt, _lastWriteAt + interval);
    }

    /// <summary>Begins a write if one is due (or, at the end of an activation, if anything is left). To be asked after each input.</summary>
    public bool TryBegin(TimeSpan interval, Moment now, bool atOnce = false)
    {
        _changedAt ??= _changed ? now.Elapsed : null;
        _urgentAt ??= _urgent ? now.Elapsed : null;
        if (NextDue(interval) is not { } due || (due > now.Elapsed && !atOnce))
        {
            return false;
        }

        _waitingInFlight = WaitingSince(interval);
        (_changedAt, _urgentAt) = (null, null);
        InFlight = true;
        _urgentInFlight = _urgent;
        _changed = false;
        _urgent = false;
        return true;
    }

    public void Succeeded(Moment now)
    {
        InFlight = false;
        _waitingInFlight = null;
        Failures = 0;
        _backoff.Reset();
        _tryAt = now.Elapsed;
        _lastWriteAt = now.Elapsed;
    }

    /// <summary>The write failed; it is due again after a while.</summary>
    public void Failed(Moment now)
    {
        Again();
        Failures++;
        _tryAt = now.Elapsed + _backoff.Next();
    }

    /// <summary>The row had another version; it was read again and is to be written at once.</summary>
    public void Conflicted(Moment now)
    {
        Again();
        _tryAt = now.Elapsed;
    }

    private void Again()
    {
        InFlight = false;
        _changed = true;
        _urgent |= _urgentInFlight;
        (_changedAt, _urgentAt) = _urgentInFlight ? (_changedAt, _waitingInFlight) : (_waitingInFlight, _urgentAt);
        _waitingInFlight = null;
    }
}
