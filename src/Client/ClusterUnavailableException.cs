namespace TaskerCore.Orleans.Client;

/// <summary>The exception of a query or a command that no silo answered. The message names the gateways that were tried and what to
/// check.</summary>
/// <remarks>Protected calls never throw it: without a cluster the worker decides for itself.</remarks>
public sealed class ClusterUnavailableException : CircuitBreakerException
{
    /// <summary>Initializes a new instance of the <see cref="ClusterUnavailableException"/> class.</summary>
    /// <param name="message">What was tried, and what to check.</param>
    /// <param name="innerException">The exception of the last attempt; null if there was none.</param>
    public ClusterUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Gets null: the cluster is unavailable for every component.</summary>
    public override string? Component => null;

    /// <summary>Whether asking again does not help.</summary>
    internal bool IsFinal { get; init; }

    /// <summary>Whether the request was sent, so that a command may be in effect although nobody answered.</summary>
    internal bool MayHaveArrived { get; init; } = true;
}
