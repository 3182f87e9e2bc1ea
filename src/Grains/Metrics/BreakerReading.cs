using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Grains.Metrics;

/// <summary>What an authority was after its last input, for those who collect metrics: on threads that are not the grain's.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class BreakerReading
{
    /// <summary>When it was made, by the activation's clock.</summary>
    public required TimeSpan At { get; init; }

    public required BreakerState State { get; init; }

    public required BreakerPolicy Policy { get; init; }

    public required CallCounts Totals { get; init; }

    public required long ConsecutiveFailures { get; init; }

    public required int ProbesOutstanding { get; init; }

    /// <summary>Workers that are isolated (S25a).</summary>
    public required int IsolatedWorkers { get; init; }

    /// <summary>Failure rate over the window when this was made; null when no limit is configured for it, or the window had no call.</summary>
    public required double? WindowFailureRate { get; init; }

    /// <summary>Since when something ought to be stored that is not, by the activation's clock; null when all is.</summary>
    public required TimeSpan? UnstoredSince { get; init; }

    /// <summary>Failure rate over the window. Without an input for a whole window nothing is left in it.</summary>
    public double? FailureRateAt(TimeSpan now) => now - At < Policy.Settings.Window ? WindowFailureRate : null;

    /// <summary>How long the oldest that ought to be stored has waited.</summary>
    public TimeSpan LagAt(TimeSpan now) => UnstoredSince is { } since ? Durations.NotNegative(now - since) : TimeSpan.Zero;
}
