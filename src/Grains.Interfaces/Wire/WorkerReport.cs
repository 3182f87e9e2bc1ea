using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces.Wire;

/// <summary>One report of a worker on one breaker. At most one is in flight, and a retry is identical (C2, C4).</summary>
[GenerateSerializer, Immutable, Alias("tc.report")]
internal sealed record WorkerReport
{
    /// <summary>The worker's session: a random id of the process's run.</summary>
    [Id(0)] public required Guid Session { get; init; }

    /// <summary>The worker's name, for the history.</summary>
    [Id(1)] public required string Worker { get; init; }

    /// <summary>Rises by one with each new report of the session on this breaker, from 1. 0: nothing is reported, only asked (C5).</summary>
    [Id(2)] public long Number { get; init; }

    /// <summary>One tally per generation, oldest first.</summary>
    [Id(3)] public ImmutableArray<GenerationTally> Tallies { get; init; } = [];

    /// <summary>Outcomes of probes, in the worker's order.</summary>
    [Id(4)] public ImmutableArray<ProbeOutcome> Probes { get; init; } = [];

    /// <summary>Which permit requests are settled (S7).</summary>
    [Id(5)] public PermitProgress Permits { get; init; }

    /// <summary>What the worker knows.</summary>
    [Id(6)] public required BreakerClaim Claim { get; init; }

    /// <summary>The state of the worker's own circuit while it is isolated (S25a); null when the worker follows the cluster.</summary>
    [Id(7)] public BreakerState? OwnCircuit { get; init; }
}

/// <summary>The answer to a report.</summary>
[GenerateSerializer, Immutable, Alias("tc.report-answer")]
internal sealed record ReportAnswer
{
    /// <summary>The report that is acknowledged.</summary>
    [Id(0)] public long Number { get; init; }

    /// <summary>The authority's newest snapshot, where it differs from the claim.</summary>
    [Id(1)] public BreakerSnapshot? Snapshot { get; init; }

    /// <summary>What became of the claim's offer.</summary>
    [Id(2)] public OfferVerdict Verdict { get; init; }

    /// <summary>Why the cluster has no such breaker, where it has none (S19).</summary>
    [Id(3)] public BreakerRefusal? Refusal { get; init; }
}

/// <summary>A worker's request for a probe permit. One at a time per worker and breaker; a retry has the same number (C4).</summary>
[GenerateSerializer, Immutable, Alias("tc.permit-request")]
internal sealed record PermitRequest
{
    /// <summary>The worker's session.</summary>
    [Id(0)] public required Guid Session { get; init; }

    /// <summary>The worker's name.</summary>
    [Id(1)] public required string Worker { get; init; }

    /// <summary>Rises by one with each new request of the session on this breaker, from 1.</summary>
    [Id(2)] public long Number { get; init; }

    /// <summary>What the worker knows.</summary>
    [Id(3)] public required BreakerClaim Claim { get; init; }

    /// <summary>Which permit requests before this one are settled (S7).</summary>
    [Id(4)] public PermitProgress Permits { get; init; }
}

/// <summary>The answer to a permit request.</summary>
[GenerateSerializer, Immutable, Alias("tc.permit-answer")]
internal sealed record PermitAnswer
{
    /// <summary>The request that is answered.</summary>
    [Id(0)] public long Number { get; init; }

    /// <summary>The permit; null if none was free.</summary>
    [Id(1)] public ProbePermit? Permit { get; init; }

    /// <summary>The authority's newest snapshot, where it differs from the claim.</summary>
    [Id(2)] public BreakerSnapshot? Snapshot { get; init; }

    /// <summary>What became of the claim's offer.</summary>
    [Id(3)] public OfferVerdict Verdict { get; init; }

    /// <summary>Why the cluster has no such breaker, where it has none (S19).</summary>
    [Id(4)] public BreakerRefusal? Refusal { get; init; }

    /// <summary>The time to wait before the next request, if a free probe is reserved for other workers (S25a).</summary>
    [Id(5)] public TimeSpan? Wait { get; init; }
}
