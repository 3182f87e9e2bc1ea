namespace TaskerCore.Orleans.Client.Http;

/// <summary>What a failure is in HTTP, where nothing else is said (S11).</summary>
public static class HttpOutcomes
{
    /// <summary>Failures are the responses 5xx, 408 and 429, and exceptions: no connection, a broken one, a timeout. Ignored are exceptions
    /// that tell of a mistake in the worker: <see cref="NotSupportedException"/> (a scheme that is not HTTP),
    /// <see cref="InvalidOperationException"/> (a client that was disposed), <see cref="ArgumentException"/>. Every other response, 4xx
    /// too, is the answer of a server that works.</summary>
    public static OutcomeClassifier Classifier { get; } = OutcomeClassifier.Default
        .OnResult<HttpResponseMessage>(response => (int)response.StatusCode is >= 500 or 408 or 429 ? OutcomeKind.Failure : OutcomeKind.Success)
        .OnException(exception => exception is NotSupportedException or InvalidOperationException or ArgumentException
            ? OutcomeKind.Ignored
            : OutcomeKind.Failure);
}
