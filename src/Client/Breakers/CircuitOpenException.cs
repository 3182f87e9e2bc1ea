using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client;

/// <summary>The breaker rejected the call; the operation did not run.</summary>
public sealed class CircuitOpenException : Exception, IRejectionSource
{
    /// <summary>Makes the exception of one rejection.</summary>
    public CircuitOpenException(string component, BreakerState state, Generation generation, TimeSpan? retryAfter)
    {
        Component = component;
        State = state;
        Generation = generation;
        RetryAfter = retryAfter;
    }

    /// <summary>What happened, in a sentence. Made when asked for: rejections are many, and code reads the properties.</summary>
    public override string Message => Describe(Component, State, RetryAfter);

    /// <summary>The component whose breaker rejected.</summary>
    public string Component { get; }

    /// <summary>The state in which it rejected.</summary>
    public BreakerState State { get; }

    /// <summary>The generation in which it rejected.</summary>
    public Generation Generation { get; }

    /// <summary>How long to wait before the next try; null when nobody knows (forced open until released).</summary>
    public TimeSpan? RetryAfter { get; }

    private static string Describe(string component, BreakerState state, TimeSpan? retryAfter)
    {
        var when = retryAfter is { } wait
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"retry in {wait.TotalSeconds:0.###} s")
            : "until an operator releases it";
        return state switch
        {
            BreakerState.HalfOpen => $"The circuit '{component}' is half-open and all its probes are taken; {when}.",
            BreakerState.ForcedOpen => $"The circuit '{component}' was forced open by an operator; {when}.",
            _ => $"The circuit '{component}' is open; {when}.",
        };
    }
}
