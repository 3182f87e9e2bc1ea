using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>Adding up the totals of two activations (C9).</summary>
internal static class TotalsArithmetic
{
    public static BreakerTotals Plus(this BreakerTotals a, BreakerTotals b) => Combine(a, b, 1);

    public static BreakerTotals Minus(this BreakerTotals a, BreakerTotals b) => Combine(a, b, -1);

    private static BreakerTotals Combine(BreakerTotals a, BreakerTotals b, int sign) => new()
    {
        Successes = a.Successes + (sign * b.Successes),
        Failures = a.Failures + (sign * b.Failures),
        Ignored = a.Ignored + (sign * b.Ignored),
        Rejected = a.Rejected + (sign * b.Rejected),
        Slow = a.Slow + (sign * b.Slow),
        Late = a.Late + (sign * b.Late),
        Probes = a.Probes + (sign * b.Probes),
        TimedCalls = a.TimedCalls + (sign * b.TimedCalls),
        TotalDuration = a.TotalDuration + (sign * b.TotalDuration),
    };
}
