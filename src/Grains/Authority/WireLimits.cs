using System.Diagnostics.CodeAnalysis;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains.Authority;

/// <summary>Clamps what a worker says to what a worker can have seen: the edge where hostile numbers end.</summary>
internal static class WireLimits
{
    private const int MaxParts = 1024;
    private const int MaxNameLength = 128;
    private const long MaxCount = 1_000_000_000;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(36_500);

    public static WorkerReport Clean(WorkerReport report) => report with
    {
        Worker = Name(report.Worker),
        Number = Math.Max(0, report.Number),
        Tallies = report.Tallies.IsDefault ? [] : [.. report.Tallies.Where(tally => tally?.Tally is not null).Take(MaxParts).Select(Clean)],
        Probes = report.Probes.IsDefault ? [] : [.. report.Probes.Where(IsKnown).Take(MaxParts).Select(Clean)],
        Claim = Clean(report.Claim),
    };

    public static PermitRequest Clean(PermitRequest request) => request with
    {
        Worker = Name(request.Worker),
        Claim = Clean(request.Claim),
    };

    public static BreakerClaim Clean(BreakerClaim? claim) => claim is null
        ? new BreakerClaim()
        : claim with { Offer = IsWhole(claim.Offer) ? claim.Offer : null };

    /// <summary>Whether an offered snapshot has all its parts, so that its seal can be checked at all.</summary>
    public static bool IsWhole([NotNullWhen(true)] BreakerSnapshot? offer) =>
        offer is { Component: not null, Lineage: not null } && !offer.Lineage.Tips.IsDefault && offer.Lineage.Tips.Length <= Lineage.Capacity;

    private static string Name(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "unnamed"
        : string.Concat(name.Take(MaxNameLength).Select(character => char.IsControl(character) ? '?' : character));

    private static bool IsKnown(ProbeOutcome? probe) => probe is not null && Enum.IsDefined(probe.Result);

    private static ProbeOutcome Clean(ProbeOutcome probe) => probe with
    {
        Duration = probe.Duration is { } duration ? Clamp(duration) : null,
    };

    private static GenerationTally Clean(GenerationTally part)
    {
        var tally = part.Tally;
        var failures = Count(tally.Failures);
        var successes = Count(tally.Successes);
        var first = Math.Clamp(tally.FirstRun, 0, failures);
        var last = Math.Clamp(tally.LastRun, 0, failures);
        return part with
        {
            LocalProbes = part.Local ? Count(part.LocalProbes) : 0,
            Tally = tally with
            {
                Successes = successes,
                Failures = failures,
                Ignored = Count(tally.Ignored),
                Rejected = Count(tally.Rejected),
                Slow = Count(tally.Slow),
                FirstRun = successes == 0 ? failures : first,
                LastRun = successes == 0 ? failures : last,
                LongestRun = successes == 0 ? failures : Math.Clamp(tally.LongestRun, Math.Max(first, last), failures),
                TimedCalls = Count(tally.TimedCalls),
                TotalDuration = Clamp(tally.TotalDuration),
            },
        };
    }

    private static long Count(long count) => Math.Clamp(count, 0, MaxCount);

    private static TimeSpan Clamp(TimeSpan duration) => Durations.Min(Durations.NotNegative(duration), MaxDuration);
}
