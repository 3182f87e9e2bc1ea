using Orleans;

namespace TaskerCore.Orleans;

/// <summary>What one worker saw of one generation since its last report (C3).</summary>
[GenerateSerializer, Immutable, Alias("tc.generation-tally")]
internal sealed record GenerationTally
{
    /// <summary>The generation that admitted the calls.</summary>
    [Id(0)] public Generation Generation { get; init; }

    /// <summary>True: admitted by the worker's own decision while it was cut off; enters the totals only (C8).</summary>
    [Id(1)] public bool Local { get; init; }

    /// <summary>Probes that a worker in local mode gave itself; 0 otherwise.</summary>
    [Id(2)] public long LocalProbes { get; init; }

    /// <summary>The outcomes. Those of probes that the authority permitted are not in here, but in <see cref="ProbeOutcome"/>.</summary>
    [Id(3)] public required OutcomeTally Tally { get; init; }

    /// <summary>True: the calls ended after the worker had heard of a later generation (C13).</summary>
    [Id(4)] public bool Late { get; init; }
}
