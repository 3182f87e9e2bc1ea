using Orleans;

namespace TaskerCore.Orleans;

/// <summary>A transition of a breaker in its history.</summary>
/// <remarks>Immutable and thread-safe. Rule S14: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.transition")]
public sealed record BreakerTransition
{
    /// <summary>Gets the state before.</summary>
    [Id(0)] public required BreakerState From { get; init; }

    /// <summary>Gets the state after. Equals <see cref="From"/> for a repeated command or a takeover in half-open.</summary>
    [Id(1)] public required BreakerState To { get; init; }

    /// <summary>Gets the generation that the transition began.</summary>
    [Id(2)] public required Generation Generation { get; init; }

    /// <summary>Gets the wall-clock time of the deciding host, for display only.</summary>
    /// <remarks>Rule C10: see <c>docs/rules.md</c>.</remarks>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>Gets the cause.</summary>
    [Id(4)] public required TransitionCause Cause { get; init; }

    /// <summary>Gets the worker whose report decided; null if none did.</summary>
    [Id(5)] public string? Worker { get; init; }

    /// <summary>Gets the operator; null if the transition was not a command.</summary>
    [Id(6)] public string? Actor { get; init; }

    /// <summary>Gets the operator's reason; null if the transition was not a command.</summary>
    [Id(7)] public string? Reason { get; init; }

    /// <summary>Gets the TTL of the command, 1 s to 31,536,000 s; null if it lasts until released or there was no command.</summary>
    [Id(8)] public TimeSpan? Ttl { get; init; }
}
