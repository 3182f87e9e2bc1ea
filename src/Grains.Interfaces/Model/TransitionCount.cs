using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The number of transitions from one state to another.</summary>
/// <remarks>Rule S14: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.transition-count")]
public readonly record struct TransitionCount(
    [property: Id(0)] BreakerState From,
    [property: Id(1)] BreakerState To,
    [property: Id(2)] long Count);
