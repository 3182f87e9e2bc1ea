using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>The requests for permits of one breaker: one at a time, numbered, and none while the authority is silent or has asked this worker to
/// wait (S5, S7, C4). Without I/O, clock or lock.</summary>
internal sealed class PermitRequests
{
    private long _number;
    private long? _awaited;
    private long _reportedAbandoned;

    /// <summary>Since when the authority has left a request without an answer; null if it has answered something since.</summary>
    public TimeSpan? SilentSince { get; private set; }

    /// <summary>Until when the authority keeps the free probes for other workers; null if it does not.</summary>
    public TimeSpan? WaitsUntil { get; private set; }

    /// <summary>Which requests are settled.</summary>
    public PermitProgress Progress { get; private set; }

    /// <summary>True if every abandoned request has been reported.</summary>
    public bool IsReported => Progress.Abandoned == _reportedAbandoned;

    /// <summary>True if a request may be sent.</summary>
    public bool MayRequest => SilentSince is null && WaitsUntil is null;

    /// <summary>Makes the next request.</summary>
    public PermitRequest Take(Reporter reporter, BreakerClaim claim, Moment now)
    {
        SilentSince = now.Elapsed;
        _awaited = ++_number;
        return new PermitRequest
        {
            Session = reporter.Session,
            Worker = reporter.Name,
            Number = _number,
            Claim = claim,
            Permits = Progress,
        };
    }

    /// <summary>The authority answered a request.</summary>
    /// <returns>True if the answer was awaited; false if it came too late: the request was abandoned.</returns>
    public bool Answered(PermitRequest request)
    {
        SilentSince = null;
        if (_awaited != request.Number)
        {
            return false;
        }

        _awaited = null;
        Progress = Progress with { Answered = request.Number };
        return true;
    }

    /// <summary>Gives up a request: it failed, or was not answered in time. The authority stays silent until it answers something.</summary>
    public void Abandon(PermitRequest request)
    {
        _awaited = _awaited == request.Number ? null : _awaited;
        Progress = Progress with { Abandoned = Math.Max(Progress.Abandoned, request.Number) };
    }

    /// <summary>The authority answered a report. A request whose answer is awaited has still been left without one.</summary>
    public void AuthorityAnswered()
    {
        if (_awaited is null)
        {
            SilentSince = null;
        }
    }

    /// <summary>Sends no request before the time has come.</summary>
    public void WaitUntil(TimeSpan at) => WaitsUntil = at;

    /// <summary>Ends a wait whose time has come.</summary>
    public void Advance(Moment now)
    {
        if (WaitsUntil <= now.Elapsed)
        {
            WaitsUntil = null;
        }
    }

    /// <summary>Ends a wait: it was for probes of a generation that is over.</summary>
    public void GenerationChanged() => WaitsUntil = null;

    /// <summary>A report carries <see cref="Progress"/>.</summary>
    public void MarkReported() => _reportedAbandoned = Progress.Abandoned;

    /// <summary>Forgets the request that is out: the cluster refuses the breaker.</summary>
    public void Clear()
    {
        _awaited = null;
        SilentSince = null;
    }
}
