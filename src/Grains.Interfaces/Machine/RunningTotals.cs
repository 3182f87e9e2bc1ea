namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>The totals of a breaker while they grow (S14).</summary>
internal sealed class RunningTotals
{
    private BreakerTotals _totals = BreakerTotals.Zero;

    public BreakerTotals Value => _totals;

    public void Add(GenerationTally report, bool late)
    {
        var tally = report.Tally;
        _totals = _totals with
        {
            Successes = _totals.Successes + tally.Successes,
            Failures = _totals.Failures + tally.Failures,
            Ignored = _totals.Ignored + tally.Ignored,
            Rejected = _totals.Rejected + tally.Rejected,
            Slow = _totals.Slow + tally.Slow,
            Late = _totals.Late + (late ? tally.Successes + tally.Failures + tally.Ignored : 0),
            Probes = _totals.Probes + report.LocalProbes,
            TimedCalls = _totals.TimedCalls + tally.TimedCalls,
            TotalDuration = _totals.TotalDuration + tally.TotalDuration,
        };
    }

    public void Add(ProbeOutcome probe, bool late)
    {
        if (probe.Result == ProbeResult.Unused)
        {
            return;
        }

        _totals = _totals with
        {
            Successes = _totals.Successes + (probe.Result == ProbeResult.Success ? 1 : 0),
            Failures = _totals.Failures + (probe.Result == ProbeResult.Failure ? 1 : 0),
            Ignored = _totals.Ignored + (probe.Result == ProbeResult.Ignored ? 1 : 0),
            Slow = _totals.Slow + (probe.Slow ? 1 : 0),
            Late = _totals.Late + (late ? 1 : 0),
            TimedCalls = _totals.TimedCalls + (probe.Duration is null ? 0 : 1),
            TotalDuration = _totals.TotalDuration + (probe.Duration ?? TimeSpan.Zero),
        };
    }

    public void AddProbe() => _totals = _totals with { Probes = _totals.Probes + 1 };

    public void Replace(BreakerTotals totals) => _totals = totals;
}
