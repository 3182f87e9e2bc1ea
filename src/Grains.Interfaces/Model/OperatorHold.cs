using Orleans;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans;

/// <summary>The end of a forced state that was given a TTL (S10).</summary>
/// <param name="Ttl">The TTL as given: what remains is never more than this.</param>
/// <param name="UntilUtc">When it ends. The one instant that is compared between hosts (C10).</param>
[GenerateSerializer, Immutable, Alias("tc.hold")]
public sealed record OperatorHold([property: Id(0)] TimeSpan Ttl, [property: Id(1)] DateTimeOffset UntilUtc)
{
    /// <summary>What remains at <paramref name="utcNow"/>: 0 to <see cref="Ttl"/>.</summary>
    public TimeSpan RemainingAt(DateTimeOffset utcNow) => Durations.NotNegative(Durations.Min(UntilUtc - utcNow, Ttl));
}
