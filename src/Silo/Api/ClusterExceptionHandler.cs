using Microsoft.AspNetCore.Diagnostics;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Answers 503 with the reason when the silo cannot reach the cluster (yet).</summary>
internal sealed class ClusterExceptionHandler(IProblemDetailsService problems, Readiness readiness) : IExceptionHandler
{
    private const string RetryAfterSeconds = "1";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not ClusterUnavailableException)
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The silo does not serve.",
                Detail = readiness.Reason ?? "The cluster did not answer in time.",
            },
        });
    }
}
