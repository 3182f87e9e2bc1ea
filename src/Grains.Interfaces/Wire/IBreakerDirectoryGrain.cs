using System.Collections.Immutable;
using Orleans;
using Orleans.Concurrency;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>Knows which breakers exist, how many may, and the newest settings; asks them all for an operator. Its key is
/// <see cref="GrainKeys.Directory"/>.</summary>
[Alias("tc.IBreakerDirectoryGrain")]
internal interface IBreakerDirectoryGrain : IGrainWithStringKey
{
    /// <summary>A breaker that is about to be used for the first time asks whether it may be (S19); one that exists asks for its settings (S18).
    /// Idempotent.</summary>
    /// <param name="component">The component.</param>
    /// <param name="held">The settings that the breaker has; null: it does not exist yet. One that exists is never refused, and a directory that has
    /// forgotten it, or the number of its settings, learns of them.</param>
    /// <param name="pass">The silo's pass.</param>
    [Alias("Admit"), ResponseTimeout("00:00:05")]
    ValueTask<AdmissionAnswer> AdmitAsync(string component, BreakerPolicy? held, SiloPass? pass);

    /// <summary>A silo offers the settings of its files (S18).</summary>
    [Alias("OfferConfiguration")]
    ValueTask<ConfigurationAnswer> OfferConfigurationAsync(ConfigurationOffer offer, SiloPass? pass);

    /// <summary>A silo reports where its own settings stand, and learns which are in force.</summary>
    [Alias("ReportConfiguration"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<ConfigurationOverview> ReportConfigurationAsync(SiloConfiguration report, SiloPass? pass);

    /// <summary>The settings in force (S18).</summary>
    [Alias("Configuration"), AlwaysInterleave, ReadOnly]
    ValueTask<ConfigurationInForce> GetConfigurationAsync();

    /// <summary>All breakers, configured ones that were never used too; by name. Creates none (S13, S19).</summary>
    [Alias("List"), AlwaysInterleave, ReadOnly]
    ValueTask<ImmutableArray<BreakerDetails>> ListAsync(BreakerFilter filter);

    /// <summary>One breaker; null when there is none of that name, used or configured. Creates none.</summary>
    [Alias("Get"), AlwaysInterleave, ReadOnly]
    ValueTask<BreakerDetails?> GetAsync(string component);

    /// <summary>The history of one breaker, oldest first; null when there is none of that name. Creates none.</summary>
    [Alias("History"), AlwaysInterleave, ReadOnly]
    ValueTask<ImmutableArray<BreakerTransition>?> GetHistoryAsync(string component);

    /// <summary>Whether a component is known, and which known names are like it. Creates none.</summary>
    [Alias("LookUp"), AlwaysInterleave, ReadOnly]
    ValueTask<ComponentStanding> LookUpAsync(string component);

    /// <summary>Wakes every breaker that exists, so that one stored as not Closed goes on without traffic (S4).</summary>
    [Alias("WakeAll"), AlwaysInterleave]
    ValueTask<int> WakeAllAsync(SiloPass? pass);
}

/// <summary>Whether a breaker may be used, and with which settings.</summary>
[GenerateSerializer, Immutable, Alias("tc.admission")]
internal sealed record AdmissionAnswer
{
    /// <summary>The settings; null when refused.</summary>
    [Id(0)] public BreakerPolicy? Policy { get; init; }

    /// <summary>Why not.</summary>
    [Id(1)] public BreakerRefusal? Refusal { get; init; }
}

/// <summary>A silo's settings, as its files say (S18).</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-offer")]
internal sealed record ConfigurationOffer
{
    /// <summary>The most beginnings that are told of: of longer files those that end last.</summary>
    public const int MaxLineMarks = 2000;

    /// <summary>The settings.</summary>
    [Id(0)] public required CircuitBreakerConfiguration Configuration { get; init; }

    /// <summary>A hash of the settings as merged: content that was seen before is known by it.</summary>
    [Id(1)] public required string ContentHash { get; init; }

    /// <summary>True: the file was edited while its silo ran, so it becomes the newest even if its content was seen before.</summary>
    [Id(2)] public bool Edited { get; init; }

    /// <summary>True: nothing sets anything, so that they are the built-in ones by default. They never replace settings of a cluster.</summary>
    [Id(3)] public bool SaysNothing { get; init; }

    /// <summary>How the files end: a file that was cut off ends less surely than the one before it.</summary>
    [Id(4)] public EndingKind Ending { get; init; }

    /// <summary>How surely later settings have to end.</summary>
    [Id(5)] public EndingKind EndingRequired { get; init; }

    /// <summary>The silo that offers; null: an older one.</summary>
    [Id(6)] public string? Silo { get; init; }

    /// <summary>A hash of each beginning of a file that ends with a line, without the whole: a file that was cut off there is known by it.</summary>
    [Id(7)] public ImmutableArray<long> LineMarks { get; init; } = [];

    /// <summary>A hash of each file.</summary>
    [Id(8)] public ImmutableArray<long> FileMarks { get; init; } = [];

    /// <summary>A random id of the edit, the same each time it is offered: an edit whose answer was lost, and that is offered once more, does not undo
    /// one that was made meanwhile. Empty when nothing was edited.</summary>
    [Id(9)] public Guid Edit { get; init; }
}

/// <summary>What became of a silo's settings.</summary>
[GenerateSerializer, Immutable, Alias("tc.configuration-answer")]
internal sealed record ConfigurationAnswer
{
    /// <summary>The number of the settings in force.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>Whether the offered settings are the ones in force.</summary>
    [Id(1)] public bool InForce { get; init; }

    /// <summary>Why they are not in force, where it is not that they are older; null otherwise.</summary>
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
