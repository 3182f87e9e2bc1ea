using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>What was counted of calls, to be added up and compared.</summary>
internal readonly record struct Counts(long Successes, long Failures, long Ignored, long Rejected, long Slow, long Timed, TimeSpan Duration)
{
    public static Counts Of(OutcomeTally tally) =>
        new(tally.Successes, tally.Failures, tally.Counts.Ignored, tally.Counts.Rejected, tally.Counts.Slow, tally.Counts.TimedCalls, tally.Counts.TotalDuration);

    public static Counts Of(CallCounts totals) =>
        new(totals.Successes, totals.Failures, totals.Ignored, totals.Rejected, totals.Slow, totals.TimedCalls, totals.TotalDuration);

    public static Counts Of(ProbeOutcome probe) => probe.Result == ProbeResult.Unused ? default : new(
        probe.Result == ProbeResult.Success ? 1 : 0,
        probe.Result == ProbeResult.Failure ? 1 : 0,
        probe.Result == ProbeResult.Ignored ? 1 : 0,
        0,
        probe.Slow ? 1 : 0,
        probe.Duration is null ? 0 : 1,
        probe.Duration ?? TimeSpan.Zero);

    public static Counts Of(WorkerReport report) => report.Tallies.Select(tally => Of(tally.Tally)).Concat(report.Probes.Select(Of))
        .Aggregate(default(Counts), (sum, part) => sum + part);

    public long Ended => Successes + Failures + Ignored;

    /// <summary>Whether there is at least as much of everything as in <paramref name="other"/>.</summary>
    public bool Covers(Counts other) => Successes >= other.Successes && Failures >= other.Failures && Ignored >= other.Ignored
        && Rejected >= other.Rejected && Slow >= other.Slow && Timed >= other.Timed && Duration >= other.Duration;

    public static Counts operator +(Counts a, Counts b) => new(
        a.Successes + b.Successes, a.Failures + b.Failures, a.Ignored + b.Ignored, a.Rejected + b.Rejected, a.Slow + b.Slow, a.Timed + b.Timed, a.Duration + b.Duration);

    public static Counts operator -(Counts a, Counts b) => new(
        a.Successes - b.Successes, a.Failures - b.Failures, a.Ignored - b.Ignored, a.Rejected - b.Rejected, a.Slow - b.Slow, a.Timed - b.Timed, a.Duration - b.Duration);
}
