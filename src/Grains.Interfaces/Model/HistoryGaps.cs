using System.Collections.Immutable;

namespace TaskerCore.Orleans;

/// <summary>Finds gaps in a history: transitions of a silo that stopped before it persisted them.</summary>
public static class HistoryGaps
{
    /// <summary>Returns, for each transition, the gap before it.</summary>
    /// <param name="history">A breaker's history, oldest first, as the queries return it.</param>
    /// <returns>One element per transition: null if it follows the previous one.</returns>
    /// <remarks>A history keeps the last 100 transitions; missing older ones are not a gap.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="history"/> is null.</exception>
    public static ImmutableArray<HistoryGap?> Find(IReadOnlyList<BreakerTransition> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return [.. history.Select((transition, index) => Before(history, index))];
    }

    private static HistoryGap? Before(IReadOnlyList<BreakerTransition> history, int index)
    {
        var transition = history[index];

        // After a split two activations have used one number (C9): all of the number before count as what went before.
        var before = index - 1;
        while (before >= 0 && history[before].Generation.Number == transition.Generation.Number)
        {
            before--;
        }

        if (before < 0)
        {
            return history.Count < TransitionLog.Capacity ? Missing(transition, 0, BreakerState.Closed, matches: transition.From == BreakerState.Closed) : null;
        }

        var number = history[before].Generation.Number;
        var matches = transition.Cause == TransitionCause.Merged;
        for (var at = before; at >= 0 && history[at].Generation.Number == number; at--)
        {
            matches |= history[at].To == transition.From;
        }

        return Missing(transition, number, history[before].To, matches);
    }

    private static HistoryGap? Missing(BreakerTransition transition, long numberBefore, BreakerState stateBefore, bool matches)
    {
        var missing = transition.Generation.Number - numberBefore - 1;
        return missing > 0 ? new HistoryGap(missing, stateBefore, transition.From)
            : matches ? null
            : new HistoryGap(null, stateBefore, transition.From);
    }
}

/// <summary>A gap in a history.</summary>
/// <param name="Missing">The number of missing transitions by the generations' numbers; null if only the states do not match.</param>
/// <param name="From">The state after the last transition before the gap.</param>
/// <param name="To">The state before the first transition after the gap.</param>
public sealed record HistoryGap(long? Missing, BreakerState From, BreakerState To);
