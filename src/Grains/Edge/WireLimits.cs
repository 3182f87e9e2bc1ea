using System.Diagnostics.CodeAnalysis;
using System.Text;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Edge;

/// <summary>Clamps what a worker or a hub says to what it can have seen: the edge where hostile messages end.</summary>
internal static class WireLimits
{
    private const int MaxParts = 1024;
    private const int MaxNameLength = 128;
    private const int MaxSealLength = 64;
    private const int MaxWorkers = 1_000_000;
    private const long MaxCount = 1_000_000_000;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(36_500);

    public static WorkerReport Clean(WorkerReport report) => Given(report) with
    {
        Worker = Name(report.Worker),
        Number = Math.Max(0, report.Number),
        Tallies = report.Tallies.IsDefault ? [] : [.. report.Tallies.Where(tally => tally?.Tally is not null).Take(MaxParts).Select(Clean)],
        Probes = report.Probes.IsDefault ? [] : [.. report.Probes.Where(IsKnown).Take(MaxParts).Select(Clean)],
        Claim = Clean(report.Claim),
        OwnCircuit = report.OwnCircuit is { } own && Enum.IsDefined(own) ? own : null,
    };

    public static PermitRequest Clean(PermitRequest request) => Given(request) with
    {
        Worker = Name(request.Worker),
        Number = Math.Max(0, request.Number),
        Claim = Clean(request.Claim),
    };

    /// <exception cref="ArgumentException">There is no such hub.</exception>
    public static HubAttachment Clean(HubAttachment attachment) => Given(attachment) with
    {
        Hub = GrainKeys.IsHub(attachment.Hub) ? attachment.Hub : throw new ArgumentException("The hub does not exist.", nameof(attachment)),
        Workers = Math.Clamp(attachment.Workers, 0, MaxWorkers),
        Claim = Clean(attachment.Claim),
    };

    public static HubPushAnswer Clean(HubPushAnswer answer) => Given(answer) with
    {
        Workers = Math.Clamp(answer.Workers, 0, MaxWorkers),
        Revision = Math.Clamp(answer.Revision, -1, BreakerMachine.MaxRevision),
        Offer = answer.Offer is { } offer ? Clean(offer) : null,
    };

    /// <summary>A claim as an authority hears it. An offer that cannot be one stays an offer, so that it is refused and let go of.</summary>
    public static BreakerClaim Clean(BreakerClaim? claim) => claim is null
        ? new BreakerClaim()
        : claim with
        {
            Remaining = Clamp(claim.Remaining),
            Offer = claim.Offer is { } offer ? Clean(offer) ?? new BreakerSnapshot { Component = string.Empty, Generation = offer.Generation } : null,
        };

    /// <summary>An offered snapshot that has all its parts, so that its seal can be checked at all, and none beyond measure; else null.
    /// Revision and remaining time are not sealed, and so they are clamped.</summary>
    public static BreakerSnapshot? Clean(BreakerSnapshot offer) => IsWhole(offer)
        ? offer with
        {
            Revision = Math.Clamp(offer.Revision, 0, BreakerMachine.MaxRevision),
            Remaining = Clamp(offer.Remaining),
            LastTransition = offer.LastTransition is { } last ? last with { Ttl = SealedTtl(last, offer.Hold) } : null,
        }
        : null;

    /// <summary>A snapshot that a hub is to hand on has what every worker reads.</summary>
    /// <exception cref="ArgumentException">Something is missing, or beyond measure.</exception>
    public static void ThrowUnlessWhole(BreakerSnapshot? snapshot)
    {
        if (!IsWhole(snapshot) || !ConfigurationRanges.Hold(snapshot.Policy) || !Enum.IsDefined(snapshot.State) || snapshot.Remaining != Clamp(snapshot.Remaining))
        {
            throw new ArgumentException("The snapshot is incomplete.", nameof(snapshot));
        }
    }

    private static T Given<T>(T? message)
        where T : class => message ?? throw new ArgumentNullException(nameof(message));

    private static bool IsWhole([NotNullWhen(true)] BreakerSnapshot? offer) =>
        offer is { Lineage: not null, Seal.IsDefault: false }
        && ComponentName.IsValid(offer.Component)
        && !offer.Lineage.Tips.IsDefault
        && offer.Lineage.Tips.Length <= Lineage.Capacity
        && offer.Seal.Length <= MaxSealLength
        && IsShort(offer.IsolatedWorker, MaxNameLength)
        && (offer.LastTransition is not { } last
            || (IsShort(last.Worker, MaxNameLength)
                && IsShort(last.Actor, OperatorCommand.MaxActorLength)
                && IsShort(last.Reason, OperatorCommand.MaxReasonLength)));

    /// <summary>The TTL of a transition is not sealed; the hold that its command began is.</summary>
    private static TimeSpan? SealedTtl(BreakerTransition last, OperatorHold? hold) =>
        last.Cause is TransitionCause.ForceOpen or TransitionCause.ForceClosed ? hold?.Ttl : null;

    private static bool IsShort(string? text, int most) => text is null || text.Length <= most;

    private static string Name(string? name)
    {
        var text = name is null || name.Length <= MaxNameLength ? name : name[..MaxNameLength];
        return string.IsNullOrWhiteSpace(text) ? "unnamed"
            : text.Any(character => char.IsControl(character) || char.IsSurrogate(character)) ? string.Concat(text.EnumerateRunes().Select(Printable))
            : text;
    }

    /// <summary>Half a character becomes the replacement character, as everywhere where text becomes bytes.</summary>
    private static string Printable(Rune character) => Rune.IsControl(character) ? "?" : character.ToString();

    private static bool IsKnown(ProbeOutcome? probe) => probe is not null && Enum.IsDefined(probe.Result);

    private static ProbeOutcome Clean(ProbeOutcome probe) => probe with
    {
        Duration = Clamp(probe.Duration),
    };

    private static GenerationTally Clean(GenerationTally part)
    {
        var counts = part.Tally.Counts.Clamp(MaxCount, MaxDuration) with { Late = 0, Probes = 0 };
        var first = Math.Clamp(part.Tally.FirstRun, 0, counts.Failures);
        var last = Math.Clamp(part.Tally.LastRun, 0, counts.Failures);
        return part with
        {
            LocalProbes = part.Local ? Count(part.LocalProbes) : 0,
            Late = part.Late && !part.Local,
            Tally = counts.Successes == 0
                ? OutcomeTally.OfFailures(counts.Failures) with { Counts = counts }
                : new()
                {
                    Counts = counts,
                    FirstRun = first,
                    LastRun = last,
                    LongestRun = Math.Clamp(part.Tally.LongestRun, Math.Max(first, last), counts.Failures),
                },
        };
    }

    private static long Count(long count) => Math.Clamp(count, 0, MaxCount);

    private static TimeSpan? Clamp(TimeSpan? duration) => duration is { } given ? Clamp(given) : null;

    private static TimeSpan Clamp(TimeSpan duration) => Durations.Min(Durations.NotNegative(duration), MaxDuration);
}
