using System.Diagnostics;

namespace TaskerCore.Orleans;

/// <summary>Under which names breakers tell of themselves to those who watch, in silos and in workers.</summary>
/// <remarks>Safe to use from any number of threads.</remarks>
public static class CircuitBreakerTelemetry
{
    /// <summary>The name of the meter, and of the activity source.</summary>
    public const string Name = "TaskerCore.CircuitBreakers";

    /// <summary>What the name of every instrument begins with; what a worker sees for itself goes on with <c>worker.</c>.</summary>
    internal const string Prefix = "taskercore.circuit_breaker.";

    /// <summary>The attribute that has the component's name: no more values than <c>max_circuit_breakers</c>.</summary>
    internal const string Breaker = "breaker";

    /// <summary>What became of a call: <c>success</c>, <c>failure</c> or <c>ignored</c>.</summary>
    internal const string Outcome = "outcome";

    /// <summary>An activity per report and per transition; none per call. Without a listener nothing is made.</summary>
    internal static ActivitySource Activities { get; } = new(Name);

    /// <summary>The state as a number that rises with how little is admitted: 0 closed, 1 half-open, 2 open; then an operator's own, 3
    /// forced open and 4 forced closed.</summary>
    internal static int Number(BreakerState state) => (int)state;
}
