namespace TaskerCore.Orleans.Client;

/// <summary>The base of the exceptions that a circuit breaker throws itself. The protected operation's own exceptions pass through
/// unchanged and never derive from it.</summary>
public abstract class CircuitBreakerException : Exception
{
    private protected CircuitBreakerException(string? message = null, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Gets the component whose breaker threw; null if the exception concerns no single component.</summary>
    public abstract string? Component { get; }
}
