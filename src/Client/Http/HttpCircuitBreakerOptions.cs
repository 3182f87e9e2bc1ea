namespace TaskerCore.Orleans.Client.Http;

/// <summary>How a client's requests are guarded.</summary>
public sealed class HttpCircuitBreakerOptions
{
    /// <summary>What a failure is (S11). Null, the default: what the worker's <see cref="CircuitBreakerClientOptions.Classifiers"/> say of
    /// the component; where they say nothing, <see cref="HttpOutcomes.Classifier"/>.</summary>
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

    /// <summary>These options with those of a later call for the same client and component: what the later one sets takes precedence.</summary>
    internal HttpCircuitBreakerOptions With(HttpCircuitBreakerOptions later) => new()
    {
        Classifier = later.Classifier ?? Classifier,
        TimeoutAfter = later.TimeoutAfter ?? TimeoutAfter,
        RejectWithResponse = later.RejectWithResponse || RejectWithResponse,
    };

    internal void Validate()
    {
        if (TimeoutAfter is { } after && after <= TimeSpan.Zero && after != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(TimeoutAfter), after, $"{nameof(HttpCircuitBreakerOptions)}.{nameof(TimeoutAfter)} must be above zero, or Timeout.InfiniteTimeSpan.");
        }
    }
}
