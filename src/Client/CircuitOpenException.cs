using System.Globalization;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Client;

/// <summary>The exception of a rejected call: the breaker did not run the operation.</summary>
/// <remarks>Tests and breakers of your own may construct it; only the component is required.</remarks>
public sealed class CircuitOpenException : CircuitBreakerException, IRejectionSource
{
    /// <summary>Initializes a new instance of the <see cref="CircuitOpenException"/> class.</summary>
    /// <param name="component">The component whose breaker rejected the call.</param>
    /// <param name="state">The state in which the breaker rejected the call.</param>
    /// <param name="retryAfter">How long to wait before the next attempt; null if unknown.</param>
    public CircuitOpenException(string component, BreakerState state = BreakerState.Open, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(component);
        Component = component;
        State = state;
        RetryAfter = retryAfter;
    }

    /// <summary>Gets a sentence that describes the rejection. It is composed on each call, because rejections are frequent and code reads the
    /// properties instead.</summary>
    public override string Message => Describe();

    /// <summary>Gets the component whose breaker rejected the call.</summary>
    public override string Component { get; }

    /// <summary>Gets the state in which the breaker rejected the call.</summary>
    public BreakerState State { get; }

    /// <summary>Gets which decision rejected the call. The default value is <see cref="RejectionKind.Circuit"/>.</summary>
    public RejectionKind Kind { get; init; }

    /// <summary>Gets the generation in which the breaker rejected the call.</summary>
    public Generation Generation { get; init; }

    /// <summary>Gets how long to wait before the next attempt; null if unknown (forced open without an end, or held until a report is
    /// answered).</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Gets why the breaker entered the state; null if unknown.</summary>
    public TransitionCause? Cause { get; init; }

    /// <summary>Gets the operator whose command put the breaker into the state; null if no operator did.</summary>
    public string? Actor { get; init; }

    /// <summary>Gets the reason that the operator gave; null if no operator put the breaker into the state.</summary>
    public string? Reason { get; init; }

    private string Describe()
    {
        if (Kind == RejectionKind.Held)
        {
            return $"The circuit '{Component}' holds this worker's calls until the cluster has answered the report of its failures.";
        }

        var when = RetryAfter is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $"retry in {wait.TotalSeconds:0.###} s")
            : "until an operator releases it";
        return this switch
        {
            { Kind: RejectionKind.Own } => $"This worker's own circuit for '{Component}' is open, because this worker alone failed; {when}.",
            { State: BreakerState.HalfOpen } => $"The circuit '{Component}' is half-open and all its probes are taken; {when}.",
            { State: BreakerState.ForcedOpen } => $"The circuit '{Component}' was forced open by {Actor ?? "an operator"}{Quoted(Reason)}; {when}.",
            { Cause: { } cause } => $"The circuit '{Component}' is open ({SnakeCase.Of(cause)}); {when}.",
            _ => $"The circuit '{Component}' is open; {when}.",
        };
    }

    private static string Quoted(string? reason) => reason is null ? string.Empty : $" (\"{reason}\")";
}
