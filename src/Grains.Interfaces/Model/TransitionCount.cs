using Orleans;

namespace TaskerCore.Orleans;

/// <summary>How often a breaker went from one state to another (S14).</summary>
[GenerateSerializer, Immutable, Alias("tc.transition-count")]
public readonly record struct TransitionCount(
    [property: Id(0)] BreakerState From,
    [property: Id(1)] BreakerState To,
    [property: Id(2)] long Count);
