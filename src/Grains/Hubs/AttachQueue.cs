using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Grains.Hubs;

/// <summary>Which authorities a hub is to call, the one that is due first in front. No more than <see cref="MaxUnderWay"/> calls are under
/// way at once: a worker that comes with thousands of breakers does not have them all read from the store in one moment.</summary>
internal sealed class AttachQueue
{
    /// <summary>Calls of one hub that may be under way at once.</summary>
    internal const int MaxUnderWay = 128;

    private readonly SortedSet<HubBreaker> _waiting = new(Comparer<HubBreaker>.Create(Compare));
    private readonly HashSet<HubBreaker> _underWay = [];

    /// <summary>When the next call is due; null: none is, or none may begin before another has ended.</summary>
    public TimeSpan? NextDue => _underWay.Count < MaxUnderWay ? _waiting.Min?.WaitsUntil : null;

    /// <summary>A breaker whose authority is to be called now; null: none.</summary>
    public HubBreaker? Due(Moment now) => NextDue <= now.Elapsed ? _waiting.Min : null;

    /// <summary>Something happened to a breaker: it is put where it now belongs.</summary>
    public void Update(HubBreaker breaker)
    {
        _ = breaker.IsAttaching ? _underWay.Add(breaker) : _underWay.Remove(breaker);
        TimeSpan? until = breaker.IsAttaching || breaker.IsUnused ? null : breaker.NextAttachAt;
        if (breaker.WaitsUntil == until)
        {
            return;
        }

        // The set finds a breaker by its time: out before that changes.
        _waiting.Remove(breaker);
        breaker.WaitsUntil = until;
        if (until is not null)
        {
            _waiting.Add(breaker);
        }
    }

    private static int Compare(HubBreaker one, HubBreaker other)
    {
        var byTime = Nullable.Compare(one.WaitsUntil, other.WaitsUntil);
        return byTime != 0 ? byTime : string.CompareOrdinal(one.Component, other.Component);
    }
}
