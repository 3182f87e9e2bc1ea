using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>What a worker or hub knows of a breaker, said with each call, so that the answer brings what it lacks (C5) and a new
/// authority learns what the old one decided (C7).</summary>
[GenerateSerializer, Immutable, Alias("tc.claim")]
internal sealed record BreakerClaim
{
    /// <summary>The generation that it has.</summary>
    [Id(0)] public Generation Generation { get; init; }

    /// <summary>The revision that it has.</summary>
    [Id(1)] public long Revision { get; init; }

    /// <summary>In Open: the time that remains by its own monotonic clock (C10). Null otherwise.</summary>
    [Id(2)] public TimeSpan? Remaining { get; init; }

    /// <summary>The sealed snapshot itself: sent when what the authority last said is older than it, or of another history.</summary>
    [Id(3)] public BreakerSnapshot? Offer { get; init; }
}

/// <summary>What an authority made of an offered snapshot.</summary>
[GenerateSerializer, Alias("tc.offer-verdict")]
internal enum OfferVerdict : byte
{
    /// <summary>Nothing was offered, or it is contained in the authority's own history by now.</summary>
    None = 0,

    /// <summary>Its seal is not valid here: the worker lets it go and takes the authority's state as it is.</summary>
    Refused = 1,

    /// <summary>The claim is of a generation that is not known here, and nothing was offered: nothing was counted either; the same
    /// again, with the snapshot.</summary>
    Wanted = 2,
}
