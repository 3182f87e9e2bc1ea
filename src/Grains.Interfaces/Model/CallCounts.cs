using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Counts of calls by what became of them: of one breaker over its whole life, or of any part of that.</summary>
/// <remarks>Immutable and safe to share between threads. The counts of a breaker's life are never zeroed, not even by a reset.
/// Rules S10 and S14: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.totals")]
public readonly record struct CallCounts
{
    /// <summary>Gets counts of nothing.</summary>
    public static CallCounts Zero => default;

    /// <summary>Gets the number of calls that succeeded.</summary>
    [Id(0)] public long Successes { get; init; }

    /// <summary>Gets the number of calls that failed.</summary>
    [Id(1)] public long Failures { get; init; }

    /// <summary>Gets the number of calls that count neither as success nor as failure.</summary>
    [Id(2)] public long Ignored { get; init; }

    /// <summary>Gets the number of calls that were not made because the breaker rejected them. Not part of <see cref="Calls"/>.</summary>
    [Id(3)] public long Rejected { get; init; }

    /// <summary>Gets the number of calls, succeeded or failed, that took at least <see cref="BreakerSettings.SlowCallDuration"/>.</summary>
    [Id(4)] public long Slow { get; init; }

    /// <summary>Gets the number of calls that ended after their worker had received a later generation than the one that admitted them.</summary>
    [Id(5)] public long Late { get; init; }

    /// <summary>Gets the number of probe permits granted, those of workers in local mode included.</summary>
    [Id(6)] public long Probes { get; init; }

    /// <summary>Gets the number of calls whose duration was measured.</summary>
    [Id(7)] public long TimedCalls { get; init; }

    /// <summary>Gets the sum of the measured durations.</summary>
    [Id(8)] public TimeSpan TotalDuration { get; init; }

    /// <summary>Gets the number of calls made: succeeded, failed and ignored.</summary>
    public long Calls => Successes + Failures + Ignored;

    /// <summary>Gets failures ÷ (successes + failures); 0 when there was neither.</summary>
    public double FailureRate => Successes + Failures == 0 ? 0 : (double)Failures / (Successes + Failures);

    /// <summary>Gets the mean of the measured durations; null when none was measured.</summary>
    public TimeSpan? MeanDuration => TimedCalls == 0 ? null : TotalDuration / TimedCalls;

    /// <summary>The counts of both.</summary>
    public static CallCounts operator +(CallCounts left, CallCounts right) => left.Combine(right, static (one, other) => one + other);

    /// <summary>What <paramref name="left"/> has above <paramref name="right"/>.</summary>
    public static CallCounts operator -(CallCounts left, CallCounts right) => left.Combine(right, static (one, other) => one - other);

    /// <summary>The counts of one probe; none where its permit was not used.</summary>
    internal static CallCounts Of(ProbeOutcome probe) => probe.Result == ProbeResult.Unused ? Zero : new()
    {
        Successes = probe.Result == ProbeResult.Success ? 1 : 0,
        Failures = probe.Result == ProbeResult.Failure ? 1 : 0,
        Ignored = probe.Result == ProbeResult.Ignored ? 1 : 0,
        Slow = probe.Slow ? 1 : 0,
        TimedCalls = probe.Duration is null ? 0 : 1,
        TotalDuration = probe.Duration ?? TimeSpan.Zero,
    };

    /// <summary>The same with no count below zero or above <paramref name="most"/>, and the durations likewise.</summary>
    internal CallCounts Clamp(long most, TimeSpan longest) => Combine(Zero, (count, _) => Math.Clamp(count, 0, most)) with
    {
        TotalDuration = TimeSpan.FromTicks(Math.Clamp(TotalDuration.Ticks, 0, longest.Ticks)),
    };

    private CallCounts Combine(CallCounts other, Func<long, long, long> combine) => new()
    {
        Successes = combine(Successes, other.Successes),
        Failures = combine(Failures, other.Failures),
        Ignored = combine(Ignored, other.Ignored),
        Rejected = combine(Rejected, other.Rejected),
        Slow = combine(Slow, other.Slow),
        Late = combine(Late, other.Late),
        Probes = combine(Probes, other.Probes),
        TimedCalls = combine(TimedCalls, other.TimedCalls),
        TotalDuration = TimeSpan.FromTicks(combine(TotalDuration.Ticks, other.TotalDuration.Ticks)),
    };
}
