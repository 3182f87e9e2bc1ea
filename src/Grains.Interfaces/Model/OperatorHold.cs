using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans;

/// <summary>The end of a forced state with a TTL.</summary>
/// <param name="Ttl">The TTL as given; the remaining time never exceeds it.</param>
/// <param name="UntilUtc">The instant of the end, the only one that is compared between hosts.</param>
/// <remarks>Rules S10 and C10: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.hold")]
public sealed record OperatorHold([property: Id(0)] TimeSpan Ttl, [property: Id(1)] DateTimeOffset UntilUtc)
{
    /// <summary>Returns the remaining time at <paramref name="utcNow"/>: 0 to <see cref="Ttl"/>.</summary>
    public TimeSpan RemainingAt(DateTimeOffset utcNow) => Durations.NotNegative(Durations.Min(UntilUtc - utcNow, Ttl));
}
