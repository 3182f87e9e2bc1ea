using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The current data of one breaker, across the cluster.</summary>
/// <remarks>Immutable and thread-safe. Rule S14: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.details")]
public sealed record BreakerDetails
{
    /// <summary>Gets the component.</summary>
    [Id(0)] public required string Component { get; init; }

    /// <summary>Gets the state.</summary>
    [Id(1)] public BreakerState State { get; init; }

    /// <summary>Gets the generation: one stay in a state.</summary>
    [Id(2)] public Generation Generation { get; init; }

    /// <summary>Gets the time at which the generation began; null if the breaker never made a transition.</summary>
    [Id(3)] public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time until an open breaker probes or a forced state ends; null if neither applies.</summary>
    [Id(4)] public TimeSpan? Remaining { get; init; }

    /// <summary>Gets the number of consecutive failures, in the authority's order of arrival.</summary>
    [Id(5)] public long ConsecutiveFailures { get; init; }

    /// <summary>Gets the counts over the breaker's life.</summary>
    [Id(6)] public CallCounts Totals { get; init; } = CallCounts.Zero;

    /// <summary>Gets the failure rate over the window; null if the window is empty.</summary>
    [Id(7)] public double? WindowFailureRate { get; init; }

    /// <summary>Gets the number of connected workers that use the breaker.</summary>
    [Id(8)] public int Workers { get; init; }

    /// <summary>Gets the settings in force.</summary>
    [Id(9)] public BreakerPolicy Policy { get; init; } = BreakerPolicy.BuiltIn;

    /// <summary>Gets the number of probe permits currently out.</summary>
    [Id(10)] public int ProbesOutstanding { get; init; }

    /// <summary>Gets the number of the last operator command; 0 if there was none.</summary>
    [Id(11)] public long CommandNumber { get; init; }

    /// <summary>Gets the number of transitions by kind over the breaker's life, without kinds that never occurred.</summary>
    [Id(12)] public ImmutableArray<TransitionCount> Transitions { get; init; } = [];

    /// <summary>Gets the time in each state over the breaker's life, by <see cref="BreakerState"/>'s number, while an authority was active.</summary>
    [Id(13)] public ImmutableArray<TimeSpan> TimeInState { get; init; } = [];

    /// <summary>Gets whether this generation is persisted.</summary>
    /// <remarks>Rule C6: see <c>docs/rules.md</c>.</remarks>
    [Id(14)] public bool Stored { get; init; }

    /// <summary>Gets whether a worker or a command has created the breaker.</summary>
    /// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
    [Id(15)] public bool Created { get; init; } = true;

    /// <summary>Gets the silo of the authority, as <c>address:port</c>; null if no silo has it.</summary>
    [Id(16)] public string? Silo { get; init; }

    /// <summary>Gets whether the authority answered in time. If false, the data is the last known state.</summary>
    [Id(17)] public bool IsAnswering { get; init; } = true;

    /// <summary>Gets the isolated worker, whose own circuit decides for it and whose outcomes only enter the totals; null if none is
    /// isolated.</summary>
    /// <remarks>Rule S25a: see <c>docs/rules.md</c>.</remarks>
    [Id(18)] public string? IsolatedWorker { get; init; }

    /// <summary>Gets the transition that began the generation; null if the breaker never made one.</summary>
    [Id(19)] public BreakerTransition? LastTransition { get; init; }

    /// <summary>Creates the data of a configured component that was never used.</summary>
    /// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
    public static BreakerDetails NeverUsed(string component, BreakerPolicy policy) =>
        new() { Component = component, Policy = policy, Created = false };
}
