using Orleans;

namespace TaskerCore.Orleans;

/// <summary>What happened at a breaker over its whole life, across the cluster (S14). Never zeroed, not even by a reset (S10).</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
[GenerateSerializer, Immutable, Alias("tc.totals")]
public sealed record BreakerTotals
{
    /// <summary>Nothing yet.</summary>
    public static BreakerTotals Zero { get; } = new();

    /// <summary>Calls that succeeded.</summary>
    [Id(0)] public long Successes { get; init; }

    /// <summary>Calls that failed.</summary>
    [Id(1)] public long Failures { get; init; }

    /// <summary>Calls that count neither way (S11).</summary>
    [Id(2)] public long Ignored { get; init; }

    /// <summary>Calls that were not made because the breaker rejected them (S12). Not part of <see cref="Calls"/>.</summary>
    [Id(3)] public long Rejected { get; init; }

    /// <summary>Calls, succeeded or failed, that took at least <see cref="BreakerSettings.SlowCallDuration"/>.</summary>
    [Id(4)] public long Slow { get; init; }

    /// <summary>Calls that ended after their worker had heard of a later generation than the one that admitted them (S8, C13).</summary>
    [Id(5)] public long Late { get; init; }

    /// <summary>Probe permits given (S5), those of workers in local mode included.</summary>
    [Id(6)] public long Probes { get; init; }

    /// <summary>Calls whose duration was measured.</summary>
    [Id(7)] public long TimedCalls { get; init; }

    /// <summary>The sum of the measured durations.</summary>
    [Id(8)] public TimeSpan TotalDuration { get; init; }

    /// <summary>Calls made: succeeded, failed and ignored.</summary>
    public long Calls => Successes + Failures + Ignored;

    /// <summary>Failures ÷ (successes + failures); 0 when there was neither.</summary>
    public double FailureRate => Successes + Failures == 0 ? 0 : (double)Failures / (Successes + Failures);

    /// <summary>The mean of the measured durations; null when none was measured.</summary>
    public TimeSpan? MeanDuration => TimedCalls == 0 ? null : TotalDuration / TimedCalls;
}
