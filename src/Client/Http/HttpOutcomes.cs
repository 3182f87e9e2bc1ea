using TaskerCore.Orleans.Client.Breakers.Nesting;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>What a failure is in HTTP, where nothing else is said (S11).</summary>
public static class HttpOutcomes
{
    /// <summary>Failures are the responses 5xx, 408 and 429, and exceptions: no connection, a broken one, a timeout. Ignored are exceptions
    /// that tell of a mistake in the worker: <see cref="NotSupportedException"/> (a scheme that is not HTTP),
    /// <see cref="InvalidOperationException"/> (a client that was disposed), <see cref="ArgumentException"/>. Every other response, 4xx
    /// too, is the answer of a server that works.</summary>
    /// <remarks>Of gRPC, whose responses are 200: a <c>grpc-status</c> among the headers is a failure when it is UNKNOWN, DEADLINE_EXCEEDED,
    /// RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE or DATA_LOSS, ignored when it is CANCELLED, else a success. One that comes behind messages is not
    /// seen.</remarks>
    public static OutcomeClassifier Classifier { get; } = OutcomeClassifier.Default
        .OnResult<HttpResponseMessage>(response => (int)response.StatusCode is >= 500 or 408 or 429 ? OutcomeKind.Failure : GrpcStatus.Judge(response))
        .OnException(exception => exception is NotSupportedException or InvalidOperationException or ArgumentException
            ? OutcomeKind.Ignored
            : OutcomeKind.Failure);

    /// <summary>Whether a response is the 503 of a rejected request, which no server sent
    /// (<see cref="HttpCircuitBreakerOptions.RejectWithResponse"/>).</summary>
    /// <param name="response">The response; null: false.</param>
    public static bool IsRejection(HttpResponseMessage? response) => response is RejectedResponse;
}
