using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>Something that is tried until it succeeds: at once, then after 0.2 s, doubling to 5 s; and, where asked for, again later.</summary>
internal sealed class Retry
{
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));
    private TimeSpan _dueAt;
    private bool _underWay;
    private bool _done;

    public Retry(Moment now) => _dueAt = now.Elapsed;

    /// <summary>When it is next due; null when it is done or under way.</summary>
    public TimeSpan? NextDue => _done || _underWay ? null : _dueAt;

    /// <summary>One whose first try has begun.</summary>
    public static Retry UnderWay() => new(default) { _underWay = true };

    /// <summary>Whether to try now; from then it is under way until it is done or has failed.</summary>
    public bool TryBegin(Moment now)
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
        _backoff.Reset();
        _dueAt = next;
    }

    public void Failed(Moment now)
    {
        _underWay = false;
        _dueAt = now.Elapsed + _backoff.Next();
    }
}
