using Orleans;

namespace TaskerCore.Orleans;

/// <summary>What one worker saw of one generation since its last report (C3).</summary>
[GenerateSerializer, Immutable, Alias("tc.generation-tally")]
internal sealed record GenerationTally
{
    /// <summary>The generation that admitted the calls.</summary>
    [Id(0)] public Generation Generation { get; init; }

    /// <summary>True if the worker admitted the calls itself while disconnected: they only enter the totals (C8).</summary>
    [Id(1)] public bool Local { get; init; }

    /// <summary>The number of probes that a worker in local mode granted itself; otherwise 0.</summary>
    [Id(2)] public long LocalProbes { get; init; }

    /// <summary>The outcomes. Those of probes that the authority permitted are not in here, but in <see cref="ProbeOutcome"/>.</summary>
    [Id(3)] public required OutcomeTally Tally { get; init; }

    /// <summary>True if the calls ended after the worker had received a later generation (C13).</summary>
    [Id(4)] public bool Late { get; init; }
}
