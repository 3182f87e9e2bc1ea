using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>The next call of a worker to its hub.</summary>
/// <param name="Components">The components to register; empty: a renewal.</param>
/// <param name="AddsTo">The incarnation of the hub at which the others are registered; empty: none is registered yet.</param>
internal sealed record HubCall(IReadOnlyList<string> Components, Guid AddsTo)
{
    public bool IsRegistration => Components.Count > 0;
}

/// <summary>Decides when a worker renews, and when it must register again: without I/O, clock or lock (C5, C8).</summary>
internal sealed class SessionCore(MirrorTimings timings, Moment start)
{
    /// <summary>How many breakers a registration has at most. More are registered one part after the other, so that each part is answered in
    /// time.</summary>
    internal const int MaxRegistration = 500;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private readonly List<string> _components = [];
    private readonly SortedSet<string> _unregistered = new(StringComparer.Ordinal);
    private TimeSpan _nextAt = start.Elapsed;
    private TimeSpan? _unansweredSince;
    private TimeSpan _retry;
    private bool _isCalling;

    /// <summary>The incarnation of the hub at which this worker is registered; empty: it is not registered.</summary>
    public Guid HubIncarnation { get; private set; }

    /// <summary>The hub's sequence up to which this worker has received everything.</summary>
    public long Sequence { get; private set; }

    /// <summary>When the next call is due; null while one is in flight, or if there is nothing to renew.</summary>
    public TimeSpan? NextWake => _isCalling || _components.Count == 0 ? null : _nextAt;

    /// <summary>When renewals are overdue: one renewal after the first unanswered call; null if none is unanswered.</summary>
    public TimeSpan? OverdueAt => _unansweredSince + timings.Renewal;

    /// <summary>Registers a component that this worker has not used before.</summary>
    public void Add(string component, Moment now)
    {
        _components.Add(component);
        _unregistered.Add(component);
        _nextAt = _retry == TimeSpan.Zero ? now.Elapsed : _nextAt;
    }

    /// <summary>Makes the next call due now: the connection has changed.</summary>
    public void RenewNow(Moment now) => _nextAt = now.Elapsed;

    /// <summary>The call to make now; null if none is due.</summary>
    public HubCall? TakeCall(Moment now)
    {
        if (NextWake is not { } due || due > now.Elapsed)
        {
            return null;
        }

        _isCalling = true;
        _unansweredSince ??= now.Elapsed;
        return new HubCall([.. _unregistered.Take(MaxRegistration)], HubIncarnation);
    }

    /// <summary>The hub answered.</summary>
    public void Answered(HubCall call, RenewalAnswer answer, Moment now)
    {
        _isCalling = false;
        _unansweredSince = null;
        _retry = TimeSpan.Zero;
        if (!answer.Known || (HubIncarnation != Guid.Empty && answer.HubIncarnation != HubIncarnation))
        {
            // The hub was activated since the last call, or has forgotten this worker: every breaker is registered again.
            HubIncarnation = Guid.Empty;
            _unregistered.UnionWith(_components);
            _nextAt = now.Elapsed;
            return;
        }

        // The answer to a registration has no updates of the breakers that were registered before.
        Sequence = call.IsRegistration && HubIncarnation != Guid.Empty ? Math.Min(Sequence, answer.Sequence) : answer.Sequence;
        HubIncarnation = answer.HubIncarnation;
        _unregistered.ExceptWith(call.Components);
        _nextAt = _unregistered.Count > 0 ? now.Elapsed : now.Elapsed + timings.Renewal;
    }

    /// <summary>The hub did not answer.</summary>
    public void Failed(Moment now)
    {
        _isCalling = false;
        _retry = Durations.NextPause(_retry, FirstRetry, timings.Renewal);
        _nextAt = now.Elapsed + _retry;
    }
}
