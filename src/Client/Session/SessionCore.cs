using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>What a session says to its hub next.</summary>
/// <param name="Components">Those to register; empty: a renewal.</param>
/// <param name="Complete">Whether the registration names all of them.</param>
internal sealed record HubCall(IReadOnlyList<string> Components, bool Complete)
{
    public bool IsRegistration => Components.Count > 0;
}

/// <summary>When a worker renews, and when it must register anew: without I/O, clock or lock (C5, C8).</summary>
internal sealed class SessionCore(MirrorTimings timings, Moment start)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private readonly SortedSet<string> _components = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unregistered = new(StringComparer.Ordinal);
    private TimeSpan _nextAt = start.Elapsed;
    private TimeSpan? _unansweredSince;
    private TimeSpan _retry;
    private bool _isCalling;
    private bool _isKnown;

    /// <summary>The hub's incarnation, as its last answer said.</summary>
    public Guid HubIncarnation { get; private set; }

    /// <summary>The hub's sequence, as its last answer said.</summary>
    public long Sequence { get; private set; }

    /// <summary>When the next call is due; null while one is on its way, or when there is nothing to renew.</summary>
    public TimeSpan? NextWake => _isCalling || _components.Count == 0 ? null : _nextAt;

    /// <summary>When silence becomes overdue; null while there is none.</summary>
    public TimeSpan? OverdueAt => _unansweredSince + timings.Renewal;

    /// <summary>The worker uses a component from now on.</summary>
    public void Add(string component, Moment now)
    {
        if (_components.Add(component))
        {
            _unregistered.Add(component);
            _nextAt = _retry == TimeSpan.Zero ? now.Elapsed : _nextAt;
        }
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
        var components = _isKnown ? _unregistered : _components;
        return new HubCall([.. components], Complete: !_isKnown);
    }

    /// <summary>The hub answered.</summary>
    public void Answered(HubCall call, RenewalAnswer answer, Moment now)
    {
        _isCalling = false;
        _unansweredSince = null;
        _retry = TimeSpan.Zero;
        if (!answer.Known || (answer.HubIncarnation != HubIncarnation && !call.Complete))
        {
            // The hub was born since the last call: it knows nothing of this worker, or only what this call said.
            _isKnown = false;
            _nextAt = now.Elapsed;
            return;
        }

        _isKnown = true;
        HubIncarnation = answer.HubIncarnation;
        Sequence = call.IsRegistration && !call.Complete ? Math.Min(Sequence, answer.Sequence) : answer.Sequence;
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
