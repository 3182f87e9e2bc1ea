using System.Diagnostics;

namespace TaskerCore.Orleans;

/// <summary>Provides the names of the telemetry of breakers, in silos and workers.</summary>
/// <remarks>Thread-safe.</remarks>
public static class CircuitBreakerTelemetry
{
    /// <summary>The name of the meter, and of the activity source.</summary>
    public const string Name = "TaskerCore.CircuitBreakers";

    /// <summary>The prefix of every instrument's name; a worker's own instruments continue with <c>worker.</c>.</summary>
    internal const string Prefix = "taskercore.circuit_breaker.";

    /// <summary>The attribute with the component's name. It has at most <c>max_circuit_breakers</c> values.</summary>
    internal const string Breaker = "breaker";

    /// <summary>The attribute with the outcome of a call: <c>success</c>, <c>failure</c> or <c>ignored</c>.</summary>
    internal const string Outcome = "outcome";

    /// <summary>The activity source: one activity per report and per transition, none per call. Without a listener nothing is created.</summary>
    internal static ActivitySource Activities { get; } = new(Name);

    /// <summary>Returns the state as a number: 0 closed, 1 half-open, 2 open, 3 forced open, 4 forced closed.</summary>
    internal static int Number(BreakerState state) => (int)state;
}
