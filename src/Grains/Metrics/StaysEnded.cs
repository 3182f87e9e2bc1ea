using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Grains.Metrics;

/// <summary>How long lasted what a transition ends. By the wall clocks of the silos that decided, as the history has them: a stay that one
/// silo began and another ended is measured too. For people: no rule reads it (C10).</summary>
/// <param name="Open">The stay in open or forced open; null: it ends none, or nobody knows since when.</param>
/// <param name="Recovery">From leaving closed until closed again; null likewise.</param>
/// <param name="LeftClosedAt">When the breaker last left closed before this transition, to be given with its next one, whose history has this one: a
/// breaker that fails for long has more transitions than the history keeps.</param>
internal readonly record struct StaysEnded(TimeSpan? Open, TimeSpan? Recovery, DateTimeOffset? LeftClosedAt)
{
    /// <summary>What a transition ends.</summary>
    /// <param name="made">The transition.</param>
    /// <param name="history">What is known of the breaker's transitions, oldest first.</param>
    /// <param name="leftClosedAt">What the last transition's <see cref="LeftClosedAt"/> said; null: there was none.</param>
    public static StaysEnded By(BreakerTransition made, IReadOnlyList<BreakerTransition> history, DateTimeOffset? leftClosedAt)
    {
        BreakerTransition? before = null;
        foreach (var past in history.TakeWhile(past => past.Generation.Number < made.Generation.Number))
        {
            before = past;
            leftClosedAt = LeavesClosed(past) ? past.At : leftClosedAt;
        }

        return new(
            made.From is BreakerState.Open or BreakerState.ForcedOpen && before?.To == made.From ? Between(before.At, made.At) : null,
            made is { To: BreakerState.Closed, From: not BreakerState.Closed } && leftClosedAt is { } left ? Between(left, made.At) : null,
            leftClosedAt);
    }

    private static bool LeavesClosed(BreakerTransition transition) => transition is { From: BreakerState.Closed, To: not BreakerState.Closed };

    /// <summary>Clocks of two hosts differ, and one host's may be set back.</summary>
    private static TimeSpan Between(DateTimeOffset from, DateTimeOffset to) => Durations.NotNegative(to - from);
}
