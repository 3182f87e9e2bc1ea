using Orleans;

namespace TaskerCore.Orleans;

/// <summary>One transition of a breaker, as its history shows it (S14).</summary>
/// <remarks>Immutable and safe to share between threads.</remarks>
[GenerateSerializer, Immutable, Alias("tc.transition")]
public sealed record BreakerTransition
{
    /// <summary>The state before.</summary>
    [Id(0)] public required BreakerState From { get; init; }

    /// <summary>The state after. May equal <see cref="From"/>: a renewed command, a takeover in half-open.</summary>
    [Id(1)] public required BreakerState To { get; init; }

    /// <summary>The generation that the transition began.</summary>
    [Id(2)] public required Generation Generation { get; init; }

    /// <summary>When, by the wall clock of the deciding host. For people: no rule compares it (C10).</summary>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>Why.</summary>
    [Id(4)] public required TransitionCause Cause { get; init; }

    /// <summary>The worker whose report decided, where one did.</summary>
    [Id(5)] public string? Worker { get; init; }

    /// <summary>The operator who commanded, where one did.</summary>
    [Id(6)] public string? Actor { get; init; }

    /// <summary>The operator's reason, where one commanded.</summary>
    [Id(7)] public string? Reason { get; init; }

    /// <summary>Gets how long the operator's command holds, 1 s to 31,536,000 s; null: until released, or no operator commanded.</summary>
    [Id(8)] public TimeSpan? Ttl { get; init; }
}
