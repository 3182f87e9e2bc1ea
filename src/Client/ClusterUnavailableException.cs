namespace TaskerCore.Orleans.Client;

/// <summary>No silo answered. The message says which gateways were tried and what to look at.</summary>
public sealed class ClusterUnavailableException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ClusterUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether asking again does not help.</summary>
    internal bool IsFinal { get; init; }

    /// <summary>Whether the request was sent, so that a command may be in effect although nobody answered.</summary>
    internal bool MayHaveArrived { get; init; } = true;
}
