using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Storage;

/// <summary>When a row must be written although nothing changed: if another activation wrote it meanwhile, the write conflicts, and the two become one
/// history (C9).</summary>
/// <remarks>Due 5 s after there was reason for it, longer than an activation that ends may take for its last write; and spread over 10 s more, each
/// activation at a moment of its own.</remarks>
internal sealed class RowCheck(Guid incarnation)
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);

    /// <summary>When it is due; null: there is no reason for one.</summary>
    public TimeSpan? DueAt { get; private set; }

    /// <summary>There is reason for one: silos came or went, or the row was read by a new activation.</summary>
    public void Schedule(Moment now) => DueAt = now.Elapsed + After + (Spread * ((uint)incarnation.GetHashCode() / (double)uint.MaxValue));

    /// <summary>Whether it is due now; once.</summary>
    public bool TryTake(Moment now)
    {
        if (DueAt is not { } due || due > now.Elapsed)
        {
            return false;
        }

        DueAt = null;
        return true;
    }
}
