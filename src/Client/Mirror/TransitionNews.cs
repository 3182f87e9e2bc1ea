using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>A change of the state in which a worker sees a breaker, in the words of the log.</summary>
/// <param name="Before">The state before.</param>
/// <param name="Now">The state after.</param>
/// <param name="Why">The cause, and who decided: a worker, an operator, or this worker alone.</param>
/// <param name="Next">What comes next and when; empty where nothing is known to come.</param>
internal sealed record TransitionNews(BreakerState Before, BreakerState Now, string Why, string Next)
{
    /// <summary>The news between two views of one mirror; null: nothing that is worth a line.</summary>
    public static TransitionNews? Between(MirrorView before, MirrorView now)
    {
        var (old, snapshot) = (before.Snapshot, now.Snapshot);
        var isFirst = before.Mode == BreakerMode.Starting && now.Mode == BreakerMode.Connected;
        if (old.Generation == snapshot.Generation
            || (isFirst && old.State == BreakerState.Closed && snapshot.State == BreakerState.Closed)
            || (old.State == snapshot.State && (before.Mode != now.Mode || IsHousekeeping(snapshot.LastTransition))))
        {
            return null;
        }

        return new(old.State, snapshot.State, WhyOf(before, now), NextOf(snapshot));
    }

    private static bool IsHousekeeping(BreakerTransition? transition) => transition?.Cause is TransitionCause.Takeover or TransitionCause.Merged;

    private static string WhyOf(MirrorView before, MirrorView now)
    {
        var transition = now.Snapshot.LastTransition;
        var cause = transition is null ? "the cluster's state" : SnakeCase.Of(transition.Cause);
        var by = transition switch
        {
            { Actor: { } actor } => $", by {actor}{(transition.Reason is { } reason ? $": {reason}" : "")}",
            { Worker: { } worker } => $", reported by {worker}",
            _ => "",
        };
        var decidedBy = now.Mode != BreakerMode.Connected ? ", decided by this worker alone"
            : before.Mode == BreakerMode.Local && transition is not null ? ", the cluster's state"
            : "";
        return cause + by + decidedBy;
    }

    private static string NextOf(BreakerSnapshot snapshot) => (snapshot.State, snapshot.Remaining) switch
    {
        (BreakerState.Open, { } wait) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $", probes in {wait.TotalSeconds:0.#} s"),
        (BreakerState.ForcedOpen or BreakerState.ForcedClosed, { } left) =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $", for {left.TotalSeconds:0.#} s"),
        (BreakerState.ForcedOpen or BreakerState.ForcedClosed, null) => ", until it is released",
        _ => "",
    };
}
