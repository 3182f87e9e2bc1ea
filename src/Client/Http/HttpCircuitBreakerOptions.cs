namespace TaskerCore.Orleans.Client.Http;

/// <summary>How a client's requests are guarded.</summary>
/// <remarks>Named options: <c>{client}-{component}</c>, such as <c>payments-billing</c>, or the client's name alone where each request names its
/// component. A handler reads them when the client's factory makes it.</remarks>
public sealed class HttpCircuitBreakerOptions
{
    /// <summary>What a failure is (S11). Null, the default: what the worker's <see cref="CircuitBreakerClientOptions.Classifiers"/> say of
    /// the component; where they say nothing, <see cref="HttpOutcomes.Classifier"/>.
    /// It is set in code, not bound.</summary>
    public OutcomeClassifier? Classifier { get; set; }

    /// <summary>How long a request that was cancelled must have run to count as timed out, which is a failure; one that was cancelled
    /// sooner was given up by its caller, and is ignored (S11). Above zero, or <see cref="Timeout.InfiniteTimeSpan"/>: none counts.
    /// Null, the default: nine tenths of the client's <see cref="HttpClient.Timeout"/>.</summary>
    /// <remarks>Where the client has no <see cref="HttpClient.Timeout"/>, as under <c>AddStandardResilienceHandler</c>, the default counts none, and a
    /// warning says so once. A handler cannot see who cancelled: <see cref="HttpClient.Timeout"/> and the caller's own token reach it as one. Other
    /// timeouts (of a connection, of a handler or strategy inside) are failures whenever they end.</remarks>
    public TimeSpan? TimeoutAfter { get; set; }

    /// <summary>Whether a rejected request gets a response, 503 with <c>Retry-After</c>, that no server sent
    /// (<see cref="HttpOutcomes.IsRejection"/>). Default false: <see cref="CircuitOpenException"/> is thrown.</summary>
    public bool RejectWithResponse { get; set; }
}
