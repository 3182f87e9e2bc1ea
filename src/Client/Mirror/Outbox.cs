using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>What is still to be reported, and the one report that is in flight: numbered, and the same in every retry (C2, C4).</summary>
internal sealed class Outbox
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private readonly List<GenerationTally> _tallies = [];
    private readonly List<ProbeOutcome> _probes = [];
    private readonly TimeSpan _longestRetry;
    private long _number;
    private long _abandonedTold;
    private TimeSpan? _dueAt;
    private TimeSpan _firstSentAt;
    private TimeSpan _retry;
    private TimeSpan _retryAt;

    public Outbox(TimeSpan longestRetry) => _longestRetry = longestRetry;

    /// <summary>The report that is in flight: sent and neither answered nor given up.</summary>
    public WorkerReport? InFlight { get; private set; }

    /// <summary>Whether a call is on its way now; false between a failed try and the next.</summary>
    public bool IsSending { get; private set; }

    /// <summary>Since when the authority has left a report without an answer; null when it has answered the last.</summary>
    public TimeSpan? SilentSince { get; private set; }

    /// <summary>When something is to be sent; null: nothing is.</summary>
    public TimeSpan? NextDue => IsSending ? null : InFlight is not null ? _retryAt : _dueAt;

    /// <summary>Which permit requests are settled (S7).</summary>
    public PermitProgress Permits { get; private set; }

    public bool IsEmpty => InFlight is null && _tallies.Count == 0 && _probes.Count == 0 && Permits.Abandoned == _abandonedTold;

    /// <summary>Adds what one generation admitted; parts of one generation become one tally, in order (C3).</summary>
    public void Add(GenerationTally part)
    {
        var at = _tallies.FindIndex(tally => tally.Local == part.Local && (tally.Local || tally.Generation == part.Generation));
        if (at < 0)
        {
            _tallies.Add(part);
        }
        else
        {
            var before = _tallies[at];
            _tallies[at] = before with { Tally = before.Tally.Append(part.Tally), LocalProbes = before.LocalProbes + part.LocalProbes };
        }
    }

    public void Add(ProbeOutcome probe) => _probes.Add(probe);

    /// <summary>The answer to a permit request arrived in time.</summary>
    public void PermitAnswered(long request) => Permits = Permits with { Answered = request };

    /// <summary>A permit request is given up; the authority is to be told.</summary>
    public void PermitAbandoned(long request) => Permits = Permits with { Abandoned = Math.Max(Permits.Abandoned, request) };

    /// <summary>Something is to be sent by then at the latest.</summary>
    public void Due(TimeSpan at) => _dueAt = Durations.Earlier(_dueAt, at);

    /// <summary>The report in flight is to be sent again at once.</summary>
    public void RetryNow(Moment now)
    {
        _retry = TimeSpan.Zero;
        _retryAt = now.Elapsed;
    }

    /// <summary>The report to send now, if one is due: the one in flight again, or the next; without content it only asks.</summary>
    public WorkerReport? Take(Guid session, string worker, BreakerClaim claim, Moment now)
    {
        if (NextDue is not { } due || due > now.Elapsed)
        {
            return null;
        }

        if (InFlight is null)
        {
            InFlight = new WorkerReport
            {
                Session = session,
                Worker = worker,
                Number = IsEmpty ? 0 : ++_number,
                Tallies = [.. _tallies.OrderBy(tally => tally.Local).ThenBy(tally => tally.Generation.Number)],
                Probes = [.. _probes],
                Permits = Permits,
                Claim = claim,
            };
            _firstSentAt = now.Elapsed;
            SilentSince ??= now.Elapsed;
            _abandonedTold = Permits.Abandoned;
            _tallies.Clear();
            _probes.Clear();
            _dueAt = null;
            _retry = TimeSpan.Zero;
        }

        IsSending = true;
        return InFlight = InFlight with { Claim = claim };
    }

    /// <summary>The report in flight is acknowledged.</summary>
    public void Acknowledged()
    {
        InFlight = null;
        IsSending = false;
        SilentSince = null;
    }

    /// <summary>The try failed; the same again after a while. Whether it was dropped instead, because it was tried for too long.</summary>
    public bool Failed(Moment now)
    {
        IsSending = false;
        if (now.Elapsed - _firstSentAt >= SessionLimits.ReportRetries)
        {
            // The next one is tried at once: the silence goes on until something is answered.
            InFlight = null;
            Due(now.Elapsed);
            return true;
        }

        _retry = Durations.NextPause(_retry, FirstRetry, _longestRetry);
        _retryAt = now.Elapsed + _retry;
        return false;
    }

    /// <summary>What of a generation has been admitted by the cluster and is not acknowledged yet, in order (C8).</summary>
    public ImmutableArray<GenerationTally> Unacknowledged(Generation generation) =>
    [
        .. (InFlight?.Tallies ?? []).Concat(_tallies).Where(tally => !tally.Local && tally.Generation == generation),
    ];

    /// <summary>Drops everything: the cluster refuses the breaker.</summary>
    public void Clear()
    {
        Acknowledged();
        _tallies.Clear();
        _probes.Clear();
        _abandonedTold = Permits.Abandoned;
        _dueAt = null;
    }
}
