using System.Net;
using System.Net.Http.Headers;

namespace TaskerCore.Orleans.Client;

/// <summary>The response that a rejected request gets, which no server sent.</summary>
internal sealed class RejectedResponse : HttpResponseMessage
{
    public RejectedResponse(HttpRequestMessage request, Rejection rejection)
        : base(HttpStatusCode.ServiceUnavailable)
    {
        ReasonPhrase = "Circuit Open";
        RequestMessage = request;
        Version = request.Version;
        Content = new StringContent(rejection.ToException().Message);
        if (rejection.RetryAfter is { } wait)
        {
            Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)));
        }
    }
}
