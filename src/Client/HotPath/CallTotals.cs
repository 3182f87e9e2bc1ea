namespace TaskerCore.Orleans.Client.HotPath;

/// <summary>What calls came to.</summary>
/// <param name="Successes">Calls that succeeded.</param>
/// <param name="Failures">Calls that failed.</param>
/// <param name="Ignored">Calls that count neither way (S11).</param>
/// <param name="Rejected">Calls that were not made (S12).</param>
/// <param name="Slow">Of those that succeeded or failed, the slow ones.</param>
internal readonly record struct CallTotals(long Successes, long Failures, long Ignored, long Rejected, long Slow)
{
    public static CallTotals Of(OutcomeTally tally) => new(tally.Successes, tally.Failures, tally.Ignored, tally.Rejected, tally.Slow);

    /// <summary>One probe: none where its permit was not used.</summary>
    public static CallTotals Of(ProbeOutcome probe) => new(
        probe.Result == ProbeResult.Success ? 1 : 0,
        probe.Result == ProbeResult.Failure ? 1 : 0,
        probe.Result == ProbeResult.Ignored ? 1 : 0,
        0,
        probe.Slow ? 1 : 0);

    public static CallTotals operator +(CallTotals a, CallTotals b) => new(
        a.Successes + b.Successes, a.Failures + b.Failures, a.Ignored + b.Ignored, a.Rejected + b.Rejected, a.Slow + b.Slow);
}
