using TaskerCore.Orleans.Client.Breakers.Nesting;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>Sends a request if its component's breaker admits it, and judges what comes back: the response's head, or the exception.
/// It alters neither.</summary>
/// <remarks>What happens to the body afterwards is not seen here: the client reads it when the handlers are done.</remarks>
/// <param name="whose">The component, or what names it: two handlers of one client with the same are one.</param>
/// <param name="breakerOf">The breaker of a request.</param>
/// <param name="options">How requests are guarded.</param>
/// <param name="client">The client, for its timeout.</param>
/// <param name="time">Measures how long a request ran.</param>
/// <param name="limits">What warns when no limit counts.</param>
internal sealed class CircuitBreakerHandler(
    object whose,
    Func<HttpRequestMessage, ICircuitBreaker> breakerOf,
    HttpCircuitBreakerOptions options,
    LatestClient client,
    TimeProvider time,
    LimitCheck? limits = null)
    : DelegatingHandler
{
    /// <summary>Whether the handler guards for this component, or by this rule.</summary>
    public bool IsFor(object component) => whose.Equals(component);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        GuardAsync(request, synchronous: false, cancellationToken).AsTask();

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        GuardAsync(request, synchronous: true, cancellationToken).AsTask().GetAwaiter().GetResult();

    private async ValueTask<HttpResponseMessage> GuardAsync(HttpRequestMessage request, bool synchronous, CancellationToken cancellationToken)
    {
        limits?.Check(options, client, InnerHandler);
        var breaker = breakerOf(request);
        var permit = synchronous
            ? PermittedCall.Acquire(breaker, cancellationToken)
            : await breaker.AcquireAsync(cancellationToken).ConfigureAwait(false);
        if (options.RejectWithResponse && permit.Rejection.IsRejection)
        {
            return ResponseTo(request, permit.Rejection);
        }

        permit.ThrowIfRejected();

        var classifier = options.Classifier ?? (breaker.Classifier == OutcomeClassifier.Default ? HttpOutcomes.Classifier : breaker.Classifier);
        var startedAt = time.GetTimestamp();
        var kind = OutcomeKind.Ignored;
        var call = CircuitBreaker.Enter(permit);
        try
        {
            HttpResponseMessage response;
            try
            {
                response = synchronous ? SendInside(call, request, cancellationToken) : await SendInsideAsync(call, request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                var givenUp = exception is OperationCanceledException && cancellationToken.IsCancellationRequested
                    && !IsTimeout(time.GetElapsedTime(startedAt));
                kind = givenUp ? OutcomeKind.Ignored : CircuitBreaker.Judge(classifier, call, exception, CancellationToken.None);
                throw;
            }

            kind = classifier.JudgeResult(response);
            return response;
        }
        finally
        {
            CircuitBreaker.Settle(permit, call, kind);
        }
    }

    private HttpResponseMessage SendInside(GuardedCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return base.Send(request, cancellationToken);
        }
        finally
        {
            call.Leave();
        }
    }

    private Task<HttpResponseMessage> SendInsideAsync(GuardedCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return base.SendAsync(request, cancellationToken);
        }
        finally
        {
            call.Leave();
            call.Detach();
        }
    }

    private static RejectedResponse ResponseTo(HttpRequestMessage request, Rejection rejection)
    {
        GuardedCall.NoteRejectedResponse();
        return new RejectedResponse(request, rejection);
    }

    private bool IsTimeout(TimeSpan ranFor)
    {
        var after = options.TimeoutAfter ?? client.TimeoutAfter;
        return after != Timeout.InfiniteTimeSpan && ranFor >= after;
    }
}
