namespace TaskerCore.Orleans.Client;

/// <summary>The breaker rejected the call; the operation did not run.</summary>
public sealed class CircuitOpenException : Exception, IRejectionSource
{
    /// <summary>Makes the exception of one rejection.</summary>
    /// <param name="component">The component whose breaker rejected.</param>
    /// <param name="state">The state in which it rejected.</param>
    /// <param name="generation">The generation in which it rejected.</param>
    /// <param name="retryAfter">How long to wait before the next try; null when nobody knows.</param>
    /// <param name="kind">Which decision rejected.</param>
    public CircuitOpenException(
        string component, BreakerState state, Generation generation, TimeSpan? retryAfter, RejectionKind kind = RejectionKind.Circuit)
    {
        Kind = kind;
        Component = component;
        State = state;
        Generation = generation;
        RetryAfter = retryAfter;
    }

    /// <summary>What happened, in a sentence. Made when asked for: rejections are many, and code reads the properties.</summary>
    public override string Message => Describe(Component, State, Kind, RetryAfter);

    /// <summary>The component whose breaker rejected.</summary>
    public string Component { get; }

    /// <summary>The state in which it rejected.</summary>
    public BreakerState State { get; }

    /// <summary>Which decision rejected the call.</summary>
    public RejectionKind Kind { get; }

    /// <summary>The generation in which it rejected.</summary>
    public Generation Generation { get; }

    /// <summary>How long to wait before the next try; null when nobody knows (forced open until released, or held until a report is
    /// answered).</summary>
    public TimeSpan? RetryAfter { get; }

    private static string Describe(string component, BreakerState state, RejectionKind kind, TimeSpan? retryAfter)
    {
        if (kind == RejectionKind.Held)
        {
            return $"The circuit '{component}' holds this worker's calls until the cluster has answered the report of its failures.";
        }

        var when = retryAfter is { } wait
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"retry in {wait.TotalSeconds:0.###} s")
            : "until an operator releases it";
        return state switch
        {
            _ when kind == RejectionKind.Own => $"This worker's own circuit for '{component}' is open, because this worker alone failed; {when}.",
            BreakerState.HalfOpen => $"The circuit '{component}' is half-open and all its probes are taken; {when}.",
            BreakerState.ForcedOpen => $"The circuit '{component}' was forced open by an operator; {when}.",
            _ => $"The circuit '{component}' is open; {when}.",
        };
    }
}
