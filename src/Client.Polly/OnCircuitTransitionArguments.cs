using System.Diagnostics.CodeAnalysis;
using Polly;

namespace TaskerCore.Orleans.Client.Polly;

/// <summary>What the telemetry events <c>OnCircuitOpened</c>, <c>OnCircuitHalfOpened</c> and <c>OnCircuitClosed</c> carry.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A carrier of one event; nobody compares events.")]
public readonly struct OnCircuitTransitionArguments
{
    internal OnCircuitTransitionArguments(ResilienceContext context, BreakerSnapshot snapshot)
    {
        Context = context;
        Snapshot = snapshot;
    }

    /// <summary>The call that saw the transition; another worker's may have caused it.</summary>
    public ResilienceContext Context { get; }

    /// <summary>The breaker after the transition: component, state, and, as far as it is known, its cause, worker and operator
    /// (<see cref="BreakerSnapshot.LastTransition"/>).</summary>
    public BreakerSnapshot Snapshot { get; }
}
