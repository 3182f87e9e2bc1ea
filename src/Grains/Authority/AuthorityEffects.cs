namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>What the shell of an authority is to do after an input.</summary>
internal sealed record AuthorityEffects
{
    /// <summary>The snapshot to push; null when nobody is to be told anything.</summary>
    public BreakerSnapshot? Snapshot { get; init; }

    /// <summary>The hubs to push it to.</summary>
    public IReadOnlyList<HubLinks.PushTarget> Pushes { get; init; } = [];

    /// <summary>The row to write; null when none is due.</summary>
    public StoredBreaker? Write { get; init; }

    /// <summary>Whether the store is to be read: it could not be, so far.</summary>
    public bool Read { get; init; }

    /// <summary>Whether the directory is to be asked for the newest settings.</summary>
    public bool AskPolicy { get; init; }

    /// <summary>The transitions made since the last time, for the log.</summary>
    public IReadOnlyList<BreakerTransition> Transitions { get; init; } = [];

    /// <summary>When the core wants to be woken; null: not before the next input.</summary>
    public TimeSpan? NextWake { get; init; }
}
