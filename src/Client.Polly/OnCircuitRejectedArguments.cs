using System.Diagnostics.CodeAnalysis;
using Polly;

namespace TaskerCore.Orleans.Client.Polly;

/// <summary>What the telemetry event <c>OnCircuitRejected</c> carries.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A carrier of one event; nobody compares events.")]
public readonly struct OnCircuitRejectedArguments
{
    internal OnCircuitRejectedArguments(ResilienceContext context, Rejection rejection)
    {
        Context = context;
        Rejection = rejection;
    }

    /// <summary>The call that was rejected.</summary>
    public ResilienceContext Context { get; }

    /// <summary>Why it was not made.</summary>
    public Rejection Rejection { get; }
}
