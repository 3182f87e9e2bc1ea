using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>What is still to be reported, and the one report that is in flight: numbered, and the same in every retry (C2, C4).</summary>
/// <remarks>Of a breaker at rest there is nothing, and it costs next to nothing: a worker may have thousands.</remarks>
/// <param name="permits">Its progress goes with each report.</param>
internal sealed class Outbox(PermitRequests permits)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);

    private List<GenerationTally>? _tallies;
    private List<ProbeOutcome>? _probes;
    private Flight? _flight;
    private long _number;
    private TimeSpan? _dueAt;

    /// <summary>The report that is in flight: sent and neither answered nor given up.</summary>
    public WorkerReport? InFlight => _flight?.Report;

    /// <summary>Whether a call is on its way now; false between a failed try and the next.</summary>
    public bool IsSending => _flight is { IsSending: true };

    /// <summary>Since when the authority has left a report without an answer; null when it has answered the last.</summary>
    public TimeSpan? SilentSince { get; private set; }

    /// <summary>When something is to be sent; null: nothing is.</summary>
    public TimeSpan? NextDue => _flight is null ? _dueAt : _flight.IsSending ? null : _flight.RetryAt;

    /// <summary>True if nothing is left to report: no outcome, and no permit request that was abandoned (S7).</summary>
    public bool IsEmpty => _flight is null && _tallies is null && _probes is null && permits.IsReported;

    /// <summary>Adds what one generation admitted; parts of one generation become one tally, in order (C3).</summary>
    public void Add(GenerationTally part)
    {
        var tallies = _tallies ??= [];
        var at = tallies.FindIndex(
            tally => tally.Local == part.Local && (tally.Local || (tally.Generation == part.Generation && tally.Late == part.Late)));
        if (at < 0)
        {
            tallies.Add(part);
        }
        else
        {
            var before = tallies[at];
            tallies[at] = before with { Tally = before.Tally.Append(part.Tally), LocalProbes = before.LocalProbes + part.LocalProbes };
        }
    }

    public void Add(ProbeOutcome probe) => (_probes ??= []).Add(probe);

    /// <summary>Something is to be sent by then at the latest.</summary>
    public void Due(TimeSpan at) => _dueAt = Durations.Earlier(_dueAt, at);

    /// <summary>The report in flight is to be sent again at once.</summary>
    public void RetryNow(Moment now)
    {
        if (_flight is not null)
        {
            _flight.Retry = TimeSpan.Zero;
            _flight.RetryAt = now.Elapsed;
        }
    }

    /// <summary>The report to send now, if one is due: the one in flight again, or the next; without content it only asks.</summary>
    /// <param name="reporter">Who reports.</param>
    /// <param name="claim">What the worker knows.</param>
    /// <param name="ownCircuit">The state of the worker's own circuit while it is isolated (S25a).</param>
    /// <param name="now">The time.</param>
    public WorkerReport? Take(Reporter reporter, BreakerClaim claim, BreakerState? ownCircuit, Moment now)
    {
        if (NextDue is not { } due || due > now.Elapsed)
        {
            return null;
        }

        if (_flight is null)
        {
            var report = new WorkerReport
            {
                Session = reporter.Session,
                Worker = reporter.Name,
                Number = IsEmpty && ownCircuit is null ? 0 : ++_number,
                Tallies = [.. (_tallies ?? []).OrderBy(tally => tally.Local).ThenBy(tally => tally.Generation.Number)],
                Probes = [.. _probes ?? []],
                Permits = permits.Progress,
                Claim = claim,
                OwnCircuit = ownCircuit,
            };
            _flight = new Flight { Report = report, FirstSentAt = now.Elapsed };
            SilentSince ??= now.Elapsed;
            ForgetTold();
        }
        else
        {
            _flight.Report = _flight.Report with { Claim = claim };
        }

        _flight.IsSending = true;
        return _flight.Report;
    }

    /// <summary>The report in flight is acknowledged.</summary>
    public void Acknowledged()
    {
        _flight = null;
        SilentSince = null;
    }

    /// <summary>The try failed; the same again after a while. Whether it was dropped instead, because it was tried for too long.</summary>
    /// <param name="now">The time.</param>
    /// <param name="longestPause">How long it waits at most before the next try.</param>
    public bool Failed(Moment now, TimeSpan longestPause)
    {
        if (_flight is null)
        {
            return false;
        }

        if (now.Elapsed - _flight.FirstSentAt >= SessionLimits.ReportRetries)
        {
            // The next one is tried at once: the silence goes on until something is answered.
            _flight = null;
            Due(now.Elapsed);
            return true;
        }

        _flight.IsSending = false;
        _flight.Retry = Durations.NextPause(_flight.Retry, FirstRetry, longestPause);
        _flight.RetryAt = now.Elapsed + _flight.Retry;
        return false;
    }

    /// <summary>What of a generation has been admitted by the cluster and is not acknowledged yet, in order (C8).</summary>
    public ImmutableArray<GenerationTally> Unacknowledged(Generation generation) =>
    [
        .. (InFlight?.Tallies ?? []).Concat(_tallies ?? []).Where(tally => !tally.Local && tally.Generation == generation),
    ];

    /// <summary>Whether failures of calls that this generation admitted are not acknowledged yet.</summary>
    public bool HasUnacknowledgedFailures(Generation generation) => Unacknowledged(generation).Any(tally => tally.Tally.Failures > 0);

    /// <summary>Drops everything: the cluster refuses the breaker.</summary>
    public void Clear()
    {
        Acknowledged();
        ForgetTold();
    }

    private void ForgetTold()
    {
        permits.MarkReported();
        _tallies = null;
        _probes = null;
        _dueAt = null;
    }

    private sealed class Flight
    {
        public required WorkerReport Report { get; set; }

        public required TimeSpan FirstSentAt { get; init; }

        /// <summary>The pause before the next try.</summary>
        public TimeSpan Retry { get; set; }

        public TimeSpan RetryAt { get; set; }

        public bool IsSending { get; set; }
    }
}
