using Microsoft.AspNetCore.Diagnostics;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Answers 503 with the reason when the silo cannot reach the cluster (yet), and a request that the server could not read with
/// what is wrong with it.</summary>
internal sealed class ApiExceptionHandler(IProblemDetailsService problems, Readiness readiness) : IExceptionHandler
{
    private const string RetryAfterSeconds = "1";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException bad)
        {
            context.Response.StatusCode = bad.StatusCode;
            return await problems.TryWriteAsync(new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails = { Status = bad.StatusCode, Title = "The request is not valid.", Detail = bad.Message },
            });
        }

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
