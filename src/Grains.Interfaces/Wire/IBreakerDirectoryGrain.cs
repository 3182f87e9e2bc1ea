using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>Keeps the set of breakers, their limit and the newest settings, and queries all breakers for an operator. Its key is
/// <see cref="GrainKeys.Directory"/>.</summary>
[Alias("tc.IBreakerDirectoryGrain")]
internal interface IBreakerDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Admits a breaker before its first use (S19), or returns the settings of an existing one (S18). Idempotent.</summary>
    /// <param name="component">The component.</param>
    /// <param name="held">The settings that the breaker has; null if it does not exist yet. An existing breaker is never refused: a directory
    /// without it, or without the version of its settings, adopts them.</param>
    /// <param name="pass">The silo's pass.</param>
    [Alias("Admit"), ResponseTimeout("00:00:05")]
    ValueTask<AdmissionAnswer> AdmitAsync(string component, BreakerPolicy? held, SiloPass? pass);

    /// <summary>Offers the settings of a silo's files (S18).</summary>
    [Alias("OfferConfiguration")]
    ValueTask<ConfigurationAnswer> OfferConfigurationAsync(ConfigurationOffer offer, SiloPass? pass);

    /// <summary>Reports the state of a silo's settings, and returns the settings in force.</summary>
    [Alias("ReportConfiguration"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<ConfigurationOverview> ReportConfigurationAsync(SiloConfiguration report, SiloPass? pass);

    /// <summary>The settings in force (S18).</summary>
    [Alias("Configuration"), AlwaysInterleave, ReadOnly]
    ValueTask<ConfigurationInForce> GetConfigurationAsync();

    /// <summary>Returns all breakers by name, including configured ones that were never used. Creates none (S13, S19).</summary>
    [Alias("List"), AlwaysInterleave, ReadOnly]
    ValueTask<ImmutableArray<BreakerDetails>> ListAsync(BreakerFilter filter);

    /// <summary>Returns one breaker; null if the name is neither used nor configured. Creates none.</summary>
    [Alias("Get"), AlwaysInterleave, ReadOnly]
    ValueTask<BreakerDetails?> GetAsync(string component);

    /// <summary>Returns the history of one breaker, oldest first; null if the name is unknown. Creates none.</summary>
    [Alias("History"), AlwaysInterleave, ReadOnly]
    ValueTask<ImmutableArray<BreakerTransition>?> GetHistoryAsync(string component);

    /// <summary>Returns whether a component is known, and similar known names. Creates none.</summary>
    [Alias("LookUp"), AlwaysInterleave, ReadOnly]
    ValueTask<ComponentStanding> LookUpAsync(string component);

    /// <summary>Activates every breaker, so that one persisted in another state than closed continues without traffic (S4).</summary>
    [Alias("WakeAll"), AlwaysInterleave]
    ValueTask<int> WakeAllAsync(SiloPass? pass);
}

/// <summary>The answer to an admission: the settings or a refusal.</summary>
[GenerateSerializer, Immutable, Alias("tc.admission")]
internal sealed record AdmissionAnswer
{
    /// <summary>The settings; null when refused.</summary>
    [Id(0)] public BreakerPolicy? Policy { get; init; }

    /// <summary>The refusal; null if admitted.</summary>
    [Id(1)] public BreakerRefusal? Refusal { get; init; }
}

/// <summary>A silo's settings, as its files say (S18).</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-offer")]
internal sealed record ConfigurationOffer
{
    /// <summary>The largest number of prefixes in an offer: of longer files, the last ones.</summary>
    public const int MaxLineMarks = 2000;

    /// <summary>The settings.</summary>
    [Id(0)] public required CircuitBreakerConfiguration Configuration { get; init; }

    /// <summary>A hash of the merged settings, which identifies settings that were seen before.</summary>
    [Id(1)] public required string ContentHash { get; init; }

    /// <summary>True if the file was edited while its silo ran: it becomes the newest even if its content was seen before.</summary>
    [Id(2)] public bool Edited { get; init; }

    /// <summary>True if nothing is set and these are the built-in defaults. They never replace a cluster's settings.</summary>
    [Id(3)] public bool SaysNothing { get; init; }

    /// <summary>How the files end. A truncated file ends less surely than its predecessor.</summary>
    [Id(4)] public EndingKind Ending { get; init; }

    /// <summary>How later settings must end.</summary>
    [Id(5)] public EndingKind EndingRequired { get; init; }

    /// <summary>The offering silo; null for an older silo.</summary>
    [Id(6)] public string? Silo { get; init; }

    /// <summary>A hash of each prefix of a file that ends at a line end, without the whole file: it identifies a file that was cut off
    /// there.</summary>
    [Id(7)] public ImmutableArray<long> LineMarks { get; init; } = [];

    /// <summary>A hash of each file.</summary>
    [Id(8)] public ImmutableArray<long> FileMarks { get; init; } = [];

    /// <summary>A random id of the edit, the same for each offer of it: a repeated offer whose answer was lost does not undo a later edit. Empty
    /// if nothing was edited.</summary>
    [Id(9)] public Guid Edit { get; init; }
}

/// <summary>The answer to an offer of settings.</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-answer")]
internal sealed record ConfigurationAnswer
{
    /// <summary>The number of the settings in force.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>Whether the offered settings are the ones in force.</summary>
    [Id(1)] public bool InForce { get; init; }

    /// <summary>The reason if they are not in force for another cause than age; otherwise null.</summary>
    [Id(2)] public string? Reason { get; init; }
}

/// <summary>The settings that the cluster goes by (S18).</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-in-force")]
internal sealed record ConfigurationInForce
{
    /// <summary>Their number.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>The hash of their content; null: no silo has offered any yet.</summary>
    [Id(1)] public string? ContentHash { get; init; }

    /// <summary>The settings.</summary>
    [Id(2)] public required CircuitBreakerConfiguration Configuration { get; init; }

    /// <summary>Where they come from, and where each silo's own stand; null: an older directory does not know.</summary>
    [Id(3)] public ConfigurationOverview? Overview { get; init; }
}
