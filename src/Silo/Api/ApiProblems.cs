using TaskerCore.Orleans.Silo.Logging;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>The problems that the API answers with. Each has a <c>code</c> for programs: words may change, a code does not.</summary>
internal static class ApiProblems
{
    public const string BreakerNotFound = "breaker_not_found";
    public const string EndpointNotFound = "endpoint_not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string Invalid = "invalid";
    public const string Forced = "breaker_forced";
    public const string MayNotExist = "breaker_may_not_exist";

    /// <summary>The silo does not serve; nothing was carried out.</summary>
    public const string NotServing = "not_serving";

    /// <summary>The cluster did not answer; a command may be in effect.</summary>
    public const string NoAnswer = "no_answer";

    private const string Code = "code";
    private static readonly string[] Roots = ["/api/breaker", "/api/config", "/health", "/metrics"];

    public static IResult Of(int status, string code, string title, string detail, IReadOnlyList<string>? nearest = null, string? hint = null)
    {
        var more = new Dictionary<string, object?> { [Code] = code };
        if (nearest is { Count: > 0 })
        {
            more["did_you_mean"] = nearest;
        }

        if (hint is not null)
        {
            more["hint"] = hint;
        }

        return Results.Problem(statusCode: status, title: title, detail: detail, extensions: more);
    }

    public static IResult InvalidField(string field, string message) => InvalidFields(
        new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] }, "The request is invalid.");

    public static IResult InvalidFields(IDictionary<string, string[]> faults, string title) =>
        Results.ValidationProblem(faults, title: title, extensions: new Dictionary<string, object?> { [Code] = Invalid });

    public static void Mark(Microsoft.AspNetCore.Mvc.ProblemDetails problem, string code) => problem.Extensions[Code] = code;

    /// <summary>Gives the framework's own problems a detail that names the fix.</summary>
    public static void Complete(ProblemDetailsOptions options) => options.CustomizeProblemDetails = context =>
    {
        var (request, problem) = (context.HttpContext.Request, context.ProblemDetails);
        if (problem.Detail is not null || problem.Extensions.ContainsKey(Code))
        {
            return;
        }

        if (problem.Status == StatusCodes.Status404NotFound)
        {
            Mark(problem, EndpointNotFound);
            problem.Detail = NoEndpoint(request.Method, request.Path);
        }
        else if (problem.Status == StatusCodes.Status405MethodNotAllowed)
        {
            Mark(problem, MethodNotAllowed);
            problem.Detail = $"{OneLine.Of(request.Method)} is not allowed at {OneLine.Of(request.Path)}; allowed: {context.HttpContext.Response.Headers.Allow}.";
        }
    };

    /// <summary>Says that there is no such endpoint, and what probably happened on the way.</summary>
    internal static string NoEndpoint(string method, string? path)
    {
        path ??= "/";
        var at = Roots.Select(root => path.IndexOf(root, StringComparison.Ordinal)).Where(at => at > 0).DefaultIfEmpty(0).Min();
        var why = path.StartsWith("//", StringComparison.Ordinal) ? " The path begins with two slashes: remove the slash at the end of the server's address."
            : at > 0 ? $" The path begins with '{OneLine.Of(path[..at])}': a proxy must remove this prefix, or the address must not contain it."
            : string.Empty;
        return $"There is no {OneLine.Of(method)} {OneLine.Of(path)}.{why} GET / lists the endpoints.";
    }
}
