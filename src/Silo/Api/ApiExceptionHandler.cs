using System.Net.Sockets;
using Microsoft.AspNetCore.Diagnostics;
using Orleans.Runtime;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Silo.Lifecycle;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Answers 503 with the reason while the silo starts or stops or the cluster is busy failing over, and 4xx to a request that the
/// server could not read, with what is wrong with it.</summary>
internal sealed class ApiExceptionHandler(IProblemDetailsService problems, Readiness readiness) : IExceptionHandler
{
    private const string RetryAfterSeconds = "1";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException bad)
        {
            context.Response.StatusCode = bad.StatusCode;
            return await WriteAsync(context, ApiProblems.Invalid, bad.StatusCode, "The request is invalid.", bad.Message);
        }

        if (context.RequestAborted.IsCancellationRequested || !IsUnavailable(exception))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        var nothingWasSent = exception is ClusterUnavailableException { MayHaveArrived: false };
        var isCommand = HttpMethods.IsPost(context.Request.Method);
        return await WriteAsync(
            context,
            nothingWasSent ? ApiProblems.NotServing : ApiProblems.NoAnswer,
            StatusCodes.Status503ServiceUnavailable,
            "The silo does not serve.",
            Sentence(readiness.Reason ?? "the cluster did not answer in time; it may be failing over")
            + (!isCommand ? string.Empty : nothingWasSent ? " The command was not carried out." : " The command may be in effect: check the history before you repeat it."));
    }

    /// <summary>Whether the exception says nothing about the request: what it is while the silo is not ready, whatever it is.</summary>
    private bool IsUnavailable(Exception exception) =>
        readiness.Reason is not null
        || exception is ClusterUnavailableException or OrleansException or TimeoutException or OperationCanceledException or SocketException or IOException or ObjectDisposedException
        || (exception is AggregateException { InnerExceptions: { Count: > 0 } inner } && inner.All(IsUnavailable));

    private static string Sentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..].TrimEnd('.')}.";

    private async Task<bool> WriteAsync(HttpContext context, string code, int status, string title, string detail)
    {
        var problem = new ProblemDetailsContext { HttpContext = context, ProblemDetails = { Status = status, Title = title, Detail = detail } };
        ApiProblems.Mark(problem.ProblemDetails, code);
        return await problems.TryWriteAsync(problem);
    }
}
