using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>The state that a worker or hub has of a breaker. Each call carries it, so that the answer contains what is missing (C5) and a new
/// authority receives what the old one decided (C7).</summary>
[GenerateSerializer, Immutable, Alias("tc.claim")]
internal sealed record BreakerClaim
{
    /// <summary>The generation that it has.</summary>
    [Id(0)] public Generation Generation { get; init; }

    /// <summary>The revision that it has.</summary>
    [Id(1)] public long Revision { get; init; }

    /// <summary>In Open: the remaining time by the sender's monotonic clock (C10). Null otherwise.</summary>
    [Id(2)] public TimeSpan? Remaining { get; init; }

    /// <summary>The sealed snapshot itself: sent if the authority's last answer is older, or of another history.</summary>
    [Id(3)] public BreakerSnapshot? Offer { get; init; }
}

/// <summary>The authority's answer to an offered snapshot.</summary>
[GenerateSerializer, Alias("tc.offer-verdict")]
internal enum OfferVerdict : byte
{
    /// <summary>Nothing was offered, or the authority's own history contains the offer now.</summary>
    None = 0,

    /// <summary>The seal is invalid here: the worker drops the snapshot and adopts the authority's state.</summary>
    Refused = 1,

    /// <summary>The claim's generation is unknown here and nothing was offered, so nothing was counted: send the call again with the
    /// snapshot.</summary>
    Wanted = 2,
}
