namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>What the shell of the directory must do after an input.</summary>
internal sealed record DirectoryEffects
{
    /// <summary>Whether the row must be read: so far it could not be.</summary>
    public bool Read { get; init; }

    /// <summary>The row to write; null when none is due.</summary>
    public StoredDirectory? Write { get; init; }

    /// <summary>The breakers to send the settings in force to.</summary>
    public IReadOnlyList<(string Component, BreakerPolicy Policy)> Settings { get; init; } = [];

    /// <summary>When the core wants to be woken; null: not before the next input.</summary>
    public TimeSpan? NextWake { get; init; }
}
