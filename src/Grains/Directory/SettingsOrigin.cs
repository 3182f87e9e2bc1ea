using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Directory;

/// <summary>What is known of where the settings in force come from: it shows whether others are a change, or what a loss has left of them (S18).</summary>
/// <param name="Since">Since when they are in force; null: it is not known.</param>
/// <param name="From">The silo that brought them; null: it is not known.</param>
/// <param name="EndingRequired">How surely the files of later settings have to end.</param>
/// <param name="LineMarks">A hash of each beginning of their files that ends with a line.</param>
internal sealed record SettingsOrigin(DateTimeOffset? Since, string? From, EndingKind EndingRequired, ImmutableArray<long> LineMarks)
{
    private const int MostFiles = 16;

    /// <summary>Nothing is known.</summary>
    public static SettingsOrigin Unknown { get; } = new(null, null, EndingKind.Unknown, []);

    public static SettingsOrigin Of(ConfigurationOffer offer, DateTimeOffset? at) => new(at, offer.Silo, offer.EndingRequired, Known(offer.LineMarks));

    public static SettingsOrigin Of(StoredDirectory stored) =>
        new(stored.Since, stored.From, stored.EndingRequired, Known(stored.LineMarks));

    /// <summary>Whether an offer says no more of its files than a silo does; an older silo says nothing of them.</summary>
    public static bool Holds(ConfigurationOffer offer) => Known(offer.LineMarks).Length <= ConfigurationOffer.MaxLineMarks && Known(offer.FileMarks).Length <= MostFiles;

    /// <summary>Why offered settings look like a loss of these rather than a change; null: they do not.</summary>
    /// <param name="offer">The settings.</param>
    /// <param name="wasEdited">Whether their files were edited while their silo ran: then the silo compared them with what it had.</param>
    public string? Loss(ConfigurationOffer offer, bool wasEdited) =>
        offer.SaysNothing ? "this silo has no settings, but the cluster has"
        : wasEdited ? null
        : Known(offer.FileMarks).Any(LineMarks.Contains) ? "a file contains only the first lines of the file in force, as if a write was cut off"
        : EndingKinds.Why(offer.Ending, EndingRequired) is { } why ? $"a file {why}"
        : null;

    private static ImmutableArray<long> Known(ImmutableArray<long> marks) => marks.IsDefault ? [] : marks;
}
