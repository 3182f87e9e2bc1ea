using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The right to make one call in half-open: a lease (S5, S7).</summary>
/// <param name="Id">Its number within the generation.</param>
/// <param name="Generation">The half-open generation that gave it.</param>
/// <param name="Lease">How long it lasts from when it was given.</param>
[GenerateSerializer, Immutable, Alias("tc.permit")]
internal sealed record ProbePermit([property: Id(0)] long Id, [property: Id(1)] Generation Generation, [property: Id(2)] TimeSpan Lease);

/// <summary>Which of a worker's permit requests are settled: the answers that it got, and the requests that it gave up (S7, C4).</summary>
/// <param name="Answered">The last request whose answer arrived in time.</param>
/// <param name="Abandoned">The last request that was given up. What the requests after <paramref name="Answered"/> up to this one
/// were granted, or will be, comes back unused.</param>
[GenerateSerializer, Immutable, Alias("tc.permit-progress")]
internal readonly record struct PermitProgress([property: Id(0)] long Answered, [property: Id(1)] long Abandoned)
{
    /// <summary>Whether what a request was granted never reached its worker, and never will.</summary>
    internal bool IsGivenUp(long request) => Answered < request && request <= Abandoned;
}

/// <summary>How a probe ended.</summary>
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

    /// <summary>True: the call ended after the worker had heard of a later generation (C13).</summary>
    [Id(5)] public bool Late { get; init; }
}
