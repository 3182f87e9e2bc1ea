using System.Collections.Immutable;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>All there is to say of one breaker now, across the cluster (S14).</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
[GenerateSerializer, Immutable, Alias("tc.details")]
public sealed record BreakerDetails
{
    /// <summary>The component.</summary>
    [Id(0)] public required string Component { get; init; }

    /// <summary>The state.</summary>
    [Id(1)] public BreakerState State { get; init; }

    /// <summary>The generation.</summary>
    [Id(2)] public Generation Generation { get; init; }

    /// <summary>When the generation began; null for a breaker that never made a transition.</summary>
    [Id(3)] public DateTimeOffset? Since { get; init; }

    /// <summary>Time until an open breaker probes or a forced state ends; null where neither is to come.</summary>
    [Id(4)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>Consecutive failures in the authority's order of arrival.</summary>
    [Id(5)] public long ConsecutiveFailures { get; init; }

    /// <summary>What happened over the breaker's life.</summary>
    [Id(6)] public CallCounts Totals { get; init; } = CallCounts.Zero;

    /// <summary>Failure rate over the window; null when the window has no call.</summary>
    [Id(7)] public double? WindowFailureRate { get; init; }

    /// <summary>Connected workers that use the breaker.</summary>
    [Id(8)] public int Workers { get; init; }

    /// <summary>The settings in force.</summary>
    [Id(9)] public BreakerPolicy Policy { get; init; } = BreakerPolicy.BuiltIn;

    /// <summary>Probe permits outstanding now.</summary>
    [Id(10)] public int ProbesOutstanding { get; init; }

    /// <summary>The number of the last operator command; 0 when there was none.</summary>
    [Id(11)] public long CommandNumber { get; init; }

    /// <summary>Transitions by kind, over the breaker's life; kinds that never occurred are left out.</summary>
    [Id(12)] public ImmutableArray<TransitionCount> Transitions { get; init; } = [];

    /// <summary>Time in each state over the breaker's life, by <see cref="BreakerState"/>'s number; while its authority lived.</summary>
    [Id(13)] public ImmutableArray<TimeSpan> TimeInState { get; init; } = [];

    /// <summary>Whether the store has this generation (C6).</summary>
    [Id(14)] public bool Stored { get; init; }

    /// <summary>Whether it was ever used: created by a worker or a command (S19).</summary>
    [Id(15)] public bool Created { get; init; } = true;

    /// <summary>The silo that holds the authority, as <c>address:port</c>; null when nobody does.</summary>
    [Id(16)] public string? Silo { get; init; }

    /// <summary>Whether the authority answered. False: it did not in time, and this is what it said last.</summary>
    [Id(17)] public bool IsAnswering { get; init; } = true;

    /// <summary>The worker that is isolated: its own circuit decides for it, and the breaker ignores its outcomes (S25a). Null when none is.</summary>
    [Id(18)] public string? IsolatedWorker { get; init; }

    /// <summary>Gets the transition that began the generation; null for a breaker that never made one.</summary>
    [Id(19)] public BreakerTransition? LastTransition { get; init; }

    /// <summary>A configured component that nobody has used yet (S19).</summary>
    public static BreakerDetails NeverUsed(string component, BreakerPolicy policy) =>
        new() { Component = component, Policy = policy, Created = false };
}
