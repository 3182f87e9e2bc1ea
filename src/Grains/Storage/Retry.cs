using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>Something that is tried until it succeeds: at once, then after 0.2 s, doubling to 5 s; and, where asked for, again later.</summary>
internal sealed class Retry
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(5);

    private TimeSpan _wait;
    private TimeSpan _dueAt;
    private bool _underWay;
    private bool _done;

    public Retry(Moment now) => _dueAt = now.Elapsed;

    /// <summary>When it is next due; null when it is done or under way.</summary>
    public TimeSpan? NextDue => _done || _underWay ? null : _dueAt;

    /// <summary>Whether to try now; from then it is under way until it is done or has failed.</summary>
    public bool Take(Moment now)
    {
        if (NextDue is not { } due || due > now.Elapsed)
        {
            return false;
        }

        return _underWay = true;
    }

    public void Done() => _done = true;

    /// <summary>It succeeded, and is due again at <paramref name="next"/>.</summary>
    public void DoneUntil(TimeSpan next)
    {
        _underWay = false;
        _wait = TimeSpan.Zero;
        _dueAt = next;
    }

    public void Failed(Moment now)
    {
        _underWay = false;
        _wait = Durations.NextPause(_wait, First, Last);
        _dueAt = now.Elapsed + _wait;
    }
}
