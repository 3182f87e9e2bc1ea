using System.Collections.Immutable;
using System.Globalization;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>The settings of one silo: what a directory goes by until it could read what is stored (C6, S16), what the silo offers and reports, and what
/// the cluster answered. Safe to use from any number of threads.</summary>
internal sealed class LocalConfiguration(OwnSettings initial)
{
    private volatile OwnSettings _current = initial;
    private volatile ConfigurationRefusal? _refused;
    private volatile ConfigurationOverview? _cluster;
    private volatile string? _silo;

    /// <summary>Settings from code.</summary>
    public LocalConfiguration(CircuitBreakerConfiguration initial)
        : this(new OwnSettings(initial))
    {
    }

    /// <summary>The silo's settings when they were last good.</summary>
    public OwnSettings Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>The edit of its files that is refused; null: none.</summary>
    public ConfigurationRefusal? Refused
    {
        get => _refused;
        set => _refused = value;
    }

    /// <summary>What the cluster answered last; null: nothing yet.</summary>
    public ConfigurationOverview? Cluster
    {
        get => _cluster;
        set => _cluster = value;
    }

    /// <summary>The silo's address; null until it has one.</summary>
    public string? Silo
    {
        get => _silo;
        set => _silo = value;
    }

    /// <summary>Where the silo's settings stand; null until the cluster has answered.</summary>
    public ConfigurationState? State => Report.StateIn(Cluster?.ContentHash);

    /// <summary>What the silo reports.</summary>
    public SiloConfiguration Report
    {
        get
        {
            var current = Current;
            return new() { Silo = Silo ?? "unknown", Environment = current.Environment, ContentHash = current.ContentHash, Refused = Refused };
        }
    }

    /// <summary>What an operator should look at; empty: nothing.</summary>
    public IReadOnlyList<string> Concerns
    {
        get
        {
            var concerns = new List<string>();
            var cluster = Cluster;
            if (Refused is { } refused)
            {
                concerns.Add($"an edit of the configuration has been refused since {Shown(refused.Since)}; the previous settings are in force: see /api/config");
            }
            else if (State == ConfigurationState.Superseded)
            {
                concerns.Add(
                    $"the settings of {cluster?.From ?? "another silo"} have superseded this silo's settings"
                    + (cluster?.Since is { } since ? $" since {Shown(since)}" : string.Empty) + ": see /api/config");
            }

            if (cluster?.DifferentEnvironments is { } different)
            {
                concerns.Add(different);
            }

            return concerns;
        }
    }

    private static string Shown(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A silo's settings, and what is known of where they come from.</summary>
/// <param name="Configuration">The settings.</param>
internal sealed record OwnSettings(CircuitBreakerConfiguration Configuration)
{
    /// <summary>A hash of them, taken once.</summary>
    public string ContentHash { get; } = Configuration.ContentHash();

    /// <summary>The environment whose overlay was read; null: they come from code.</summary>
    public string? Environment { get; init; }

    /// <summary>Whether nobody set anything.</summary>
    public bool SaysNothing { get; init; }

    /// <summary>How surely the files are whole.</summary>
    public EndingKind Ending { get; init; }

    /// <summary>How surely later files have to be.</summary>
    public EndingKind EndingRequired { get; init; }

    /// <summary>A hash of each beginning of a file that ends with a line.</summary>
    public ImmutableArray<long> LineMarks { get; init; } = [];

    /// <summary>A hash of each file.</summary>
    public ImmutableArray<long> FileMarks { get; init; } = [];
}
