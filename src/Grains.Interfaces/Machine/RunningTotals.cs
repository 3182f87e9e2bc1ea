namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The totals of a breaker while they grow (S14).</summary>
/// <remarks>They stop at <see cref="Most"/>: no honest fleet comes near it, and whoever reports absurd numbers is not to make them
/// overflow. It leaves room to add up several ledgers.</remarks>
internal sealed class RunningTotals
{
    /// <summary>The most that is counted of anything; of durations in ticks: about three thousand years.</summary>
    public const long Most = 1_000_000_000_000_000_000;

    private BreakerTotals _totals = BreakerTotals.Zero;

    public BreakerTotals Value => _totals;

    public void Add(GenerationTally report, bool late)
    {
        var tally = report.Tally;
        _totals = _totals with
        {
            Successes = Sum(_totals.Successes, tally.Successes),
            Failures = Sum(_totals.Failures, tally.Failures),
            Ignored = Sum(_totals.Ignored, tally.Ignored),
            Rejected = Sum(_totals.Rejected, tally.Rejected),
            Slow = Sum(_totals.Slow, tally.Slow),
            Late = Sum(_totals.Late, late ? tally.Successes + tally.Failures + tally.Ignored : 0),
            Probes = Sum(_totals.Probes, report.LocalProbes),
            TimedCalls = Sum(_totals.TimedCalls, tally.TimedCalls),
            TotalDuration = Sum(_totals.TotalDuration, tally.TotalDuration),
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
            Successes = Sum(_totals.Successes, probe.Result == ProbeResult.Success ? 1 : 0),
            Failures = Sum(_totals.Failures, probe.Result == ProbeResult.Failure ? 1 : 0),
            Ignored = Sum(_totals.Ignored, probe.Result == ProbeResult.Ignored ? 1 : 0),
            Slow = Sum(_totals.Slow, probe.Slow ? 1 : 0),
            Late = Sum(_totals.Late, late ? 1 : 0),
            TimedCalls = Sum(_totals.TimedCalls, probe.Duration is null ? 0 : 1),
            TotalDuration = Sum(_totals.TotalDuration, probe.Duration ?? TimeSpan.Zero),
        };
    }

    public void AddProbe() => _totals = _totals with { Probes = Sum(_totals.Probes, 1) };

    public void Replace(BreakerTotals totals) => _totals = new BreakerTotals
    {
        Successes = Within(totals.Successes),
        Failures = Within(totals.Failures),
        Ignored = Within(totals.Ignored),
        Rejected = Within(totals.Rejected),
        Slow = Within(totals.Slow),
        Late = Within(totals.Late),
        Probes = Within(totals.Probes),
        TimedCalls = Within(totals.TimedCalls),
        TotalDuration = TimeSpan.FromTicks(Within(totals.TotalDuration.Ticks)),
    };

    private static long Sum(long total, long more) => Within(total + more);

    private static TimeSpan Sum(TimeSpan total, TimeSpan more) => TimeSpan.FromTicks(Sum(total.Ticks, more.Ticks));

    private static long Within(long total) => Math.Clamp(total, 0, Most);
}
