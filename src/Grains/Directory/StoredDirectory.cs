using System.Collections.Immutable;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>The directory's row. Its JSON is a contract with every later version: add, never rename or reuse.</summary>
internal sealed record StoredDirectory
{
    public int Format { get; init; } = 1;

    /// <summary>The activation that wrote it.</summary>
    public Guid Writer { get; init; }

    /// <summary>The breakers that exist.</summary>
    public ImmutableArray<string> Created { get; init; } = [];

    /// <summary>The number of the settings in force; 0 when no silo has offered any.</summary>
    public long Version { get; init; }

    /// <summary>The settings in force.</summary>
    public CircuitBreakerConfiguration Configuration { get; init; } = new();

    /// <summary>The hashes of the settings that were ever in force, oldest first; the last is the one in force (S18).</summary>
    public ImmutableArray<string> Hashes { get; init; } = [];

    /// <summary>The edits that were taken, oldest first.</summary>
    public ImmutableArray<Guid> Edits { get; init; } = [];

    /// <summary>Since when the settings are in force; null: an older version wrote the row.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The silo that brought the settings in force; null: it is not known.</summary>
    public string? From { get; init; }

    /// <summary>How surely the files of later settings have to end.</summary>
    public EndingKind EndingRequired { get; init; }

    /// <summary>A hash of each beginning of the settings' files that ends with a line.</summary>
    public ImmutableArray<long> LineMarks { get; init; } = [];
}
