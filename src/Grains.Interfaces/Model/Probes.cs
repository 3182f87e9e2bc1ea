using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The right to make one call in half-open: a lease (S5, S7).</summary>
/// <param name="Id">Its number within the generation.</param>
/// <param name="Generation">The half-open generation that gave it.</param>
/// <param name="Lease">How long it lasts from when it was given.</param>
[GenerateSerializer, Immutable, Alias("tc.permit")]
internal sealed record ProbePermit([property: Id(0)] long Id, [property: Id(1)] Generation Generation, [property: Id(2)] TimeSpan Lease);

/// <summary>A worker's settled permit requests: answered and abandoned ones (S7, C4).</summary>
/// <param name="Answered">The last request whose answer arrived in time.</param>
/// <param name="Abandoned">The last abandoned request. Permits that were or will be granted to the requests after <paramref name="Answered"/> up
/// to this one are returned unused.</param>
[GenerateSerializer, Immutable, Alias("tc.permit-progress")]
internal readonly record struct PermitProgress([property: Id(0)] long Answered, [property: Id(1)] long Abandoned)
{
    /// <summary>Whether the permit of a request never reached its worker, and never will.</summary>
    internal bool IsGivenUp(long request) => Answered < request && request <= Abandoned;
}

/// <summary>Specifies the result of a probe.</summary>
[GenerateSerializer, Alias("tc.probe-result")]
internal enum ProbeResult : byte
{
    /// <summary>The call succeeded.</summary>
    Success = 0,

    /// <summary>The call failed.</summary>
    Failure = 1,

    /// <summary>The call was made and counts neither way (S11).</summary>
    Ignored = 2,

    /// <summary>No call was made.</summary>
    Unused = 3,
}

/// <summary>The outcome of one probe.</summary>
[GenerateSerializer, Immutable, Alias("tc.probe-outcome")]
internal sealed record ProbeOutcome
{
    /// <summary>The permit's number.</summary>
    [Id(0)] public long PermitId { get; init; }

    /// <summary>The permit's generation.</summary>
    [Id(1)] public Generation Generation { get; init; }

    /// <summary>How it ended.</summary>
    [Id(2)] public ProbeResult Result { get; init; }

    /// <summary>Whether the call was slow.</summary>
    [Id(3)] public bool Slow { get; init; }

    /// <summary>How long the call took, where that was measured.</summary>
    [Id(4)] public TimeSpan? Duration { get; init; }

    /// <summary>True if the call ended after the worker had received a later generation (C13).</summary>
    [Id(5)] public bool Late { get; init; }
}
