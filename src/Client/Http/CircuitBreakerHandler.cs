using System.Net;
using System.Net.Http.Headers;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>Sends a request if its component's breaker admits it, and judges what comes back: the response's head, or the exception.
/// It alters neither.</summary>
/// <remarks>What happens to the body afterwards is not seen here: the client reads it when the handlers are done.</remarks>
internal sealed class CircuitBreakerHandler(
    Func<HttpRequestMessage, CircuitBreaker> breakerOf, HttpCircuitBreakerOptions options, LatestClient client) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        GuardAsync(request, synchronous: false, cancellationToken).AsTask();

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        GuardAsync(request, synchronous: true, cancellationToken).AsTask().GetAwaiter().GetResult();

    private async ValueTask<HttpResponseMessage> GuardAsync(HttpRequestMessage request, bool synchronous, CancellationToken cancellationToken)
    {
        var breaker = breakerOf(request);
        var admission = synchronous ? breaker.Admit(cancellationToken) : await breaker.AdmitAsync(cancellationToken).ConfigureAwait(false);
        if (!admission.IsAdmitted)
        {
            return options.RejectWithResponse && !admission.IsRefused ? ResponseTo(request, admission.Rejection) : throw admission.ToException();
        }

        var classifier = options.Classifier ?? (breaker.Classifier == OutcomeClassifier.Default ? HttpOutcomes.Classifier : breaker.Classifier);
        var startedAt = breaker.Time.GetTimestamp();
        var kind = OutcomeKind.Ignored;
        try
        {
            HttpResponseMessage response;
            try
            {
                response = synchronous
                    ? base.Send(request, cancellationToken)
                    : await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                var givenUp = exception is OperationCanceledException && cancellationToken.IsCancellationRequested
                    && !IsTimeout(breaker.Time.GetElapsedTime(startedAt));
                kind = givenUp ? OutcomeKind.Ignored : classifier.Judge(exception, CancellationToken.None);
                throw;
            }

            kind = classifier.JudgeResult(response);
            return response;
        }
        finally
        {
            breaker.Settle(admission, kind);
        }
    }

    private static HttpResponseMessage ResponseTo(HttpRequestMessage request, Rejection rejection)
    {
        var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
        {
            ReasonPhrase = "Circuit Open",
            RequestMessage = request,
            Version = request.Version,
            Content = new StringContent(rejection.ToException().Message),
        };
        if (rejection.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)));
        }

        return response;
    }

    private bool IsTimeout(TimeSpan ranFor)
    {
        var after = options.TimeoutAfter ?? client.TimeoutAfter;
        return after != Timeout.InfiniteTimeSpan && ranFor >= after;
    }
}
