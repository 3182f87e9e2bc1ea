using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>What a session says to its hub next.</summary>
/// <param name="Components">Those to register; empty: a renewal.</param>
/// <param name="AddsTo">The incarnation of the hub that was told of the others; empty: it was told of none yet.</param>
internal sealed record HubCall(IReadOnlyList<string> Components, Guid AddsTo)
{
    public bool IsRegistration => Components.Count > 0;
}

/// <summary>When a worker renews, and when it must register anew: without I/O, clock or lock (C5, C8).</summary>
internal sealed class SessionCore(MirrorTimings timings, Moment start)
{
    /// <summary>Breakers of one registration: more are registered one part after the other, so that each part is answered in time.</summary>
    internal const int MostAtOnce = 500;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private readonly List<string> _components = [];
    private readonly SortedSet<string> _unregistered = new(StringComparer.Ordinal);
    private TimeSpan _nextAt = start.Elapsed;
    private TimeSpan? _unansweredSince;
    private TimeSpan _retry;
    private bool _isCalling;

    /// <summary>The incarnation of the hub that knows this worker; empty: none does.</summary>
    public Guid HubIncarnation { get; private set; }

    /// <summary>The hub's sequence up to which this worker has been told everything.</summary>
    public long Sequence { get; private set; }

    /// <summary>When the next call is due; null while one is on its way, or when there is nothing to renew.</summary>
    public TimeSpan? NextWake => _isCalling || _components.Count == 0 ? null : _nextAt;

    /// <summary>When silence becomes overdue; null while there is none.</summary>
    public TimeSpan? OverdueAt => _unansweredSince + timings.Renewal;

    /// <summary>The worker uses a component from now on: one that it has not used before.</summary>
    public void Add(string component, Moment now)
    {
        _components.Add(component);
        _unregistered.Add(component);
        _nextAt = _retry == TimeSpan.Zero ? now.Elapsed : _nextAt;
    }

    /// <summary>Something happened to the connection: do not wait for the next renewal.</summary>
    public void RenewNow(Moment now) => _nextAt = now.Elapsed;

    /// <summary>The call to make now; null when none is due.</summary>
    public HubCall? TakeCall(Moment now)
    {
        if (NextWake is not { } due || due > now.Elapsed)
        {
            return null;
        }

        _isCalling = true;
        _unansweredSince ??= now.Elapsed;
        return new HubCall([.. _unregistered.Take(MostAtOnce)], HubIncarnation);
    }

    /// <summary>The hub answered.</summary>
    public void Answered(HubCall call, RenewalAnswer answer, Moment now)
    {
        _isCalling = false;
        _unansweredSince = null;
        _retry = TimeSpan.Zero;
        if (!answer.Known || (HubIncarnation != Guid.Empty && answer.HubIncarnation != HubIncarnation))
        {
            // The hub was born since the last call, or has forgotten this worker: it is told of every breaker again.
            HubIncarnation = Guid.Empty;
            _unregistered.UnionWith(_components);
            _nextAt = now.Elapsed;
            return;
        }

        // An answer to a registration says nothing of the breakers that were registered before.
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
