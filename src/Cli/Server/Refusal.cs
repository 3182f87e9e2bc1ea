using System.Net;
using System.Text.Json;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Server;

/// <summary>What a server refuses, in one line: the problem's own words, and what to do.</summary>
internal static class Refusal
{
    private const string ProblemType = "application/problem+json";
    private const string EndpointNotFound = "endpoint_not_found";
    private const string NotServing = "not_serving";

    public static CliFault Of(HttpResponseMessage answer, byte[] body, ServerAddress server, bool isCommand)
    {
        var problem = Problem.Read(answer.Content.Headers.ContentType?.MediaType == ProblemType ? body : []);
        var said = problem?.ToString() ?? $"{server.Url} answered {(int)answer.StatusCode} {answer.ReasonPhrase}.";
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound when problem?.Code == EndpointNotFound => Fault(
                ExitCode.Unreachable, $"A silo answers at {server.Url}, but not under this path, or it is too old. {problem.Detail} Use another address: --server URL."),
            HttpStatusCode.NotFound when problem?.Detail is not null => Fault(ExitCode.NotFound, problem.Hint is null ? said : $"{said} If the name is correct, use --create."),
            HttpStatusCode.NotFound => Fault(
                ExitCode.Unreachable,
                $"{server.Url} answered 404, but not like a silo: no silo's HTTP API is under this path, or the silo is too old. "
                + "If a proxy serves silos under a path, include it in the address. Use another address: --server URL."),
            HttpStatusCode.Conflict => Fault(ExitCode.Conflict, said),
            HttpStatusCode.Unauthorized => Fault(ExitCode.NotAllowed, $"{said} {(server.Key is null ? "Set a key" : "Set another key")}: {GlobalOptions.KeyVariable}, or --key-file."),
            HttpStatusCode.Forbidden => Fault(ExitCode.NotAllowed, $"{said} This key does not allow it."),
            HttpStatusCode.TooManyRequests => Fault(ExitCode.NotAllowed, $"{said} Try again {When(answer)}."),
            HttpStatusCode.ServiceUnavailable => Away($"{said} Try again {When(answer)}."),
            HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => Away($"{said} The proxy there cannot reach a silo."),
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => Fault(ExitCode.Invalid, said),
            >= HttpStatusCode.InternalServerError => Fault(ExitCode.Unreachable, $"{said} See the silo's log."),
            _ => Fault(ExitCode.Unreachable, $"{server.Url} answered {(int)answer.StatusCode}, which is not an answer of a silo. Use the address of a silo: --server URL."),
        };

        // What a silo says of a command it says in its own words; what a proxy says may mean anything.
        CliFault Away(string message) => new(
            ExitCode.Unreachable, Shown.Line(message + (isCommand && problem?.Code is null ? " The command may be in effect: check the history." : string.Empty)))
        {
            Server = problem?.Code == NotServing ? ServerState.Untouched : ServerState.Silent,
        };
    }

    private static CliFault Fault(int exitCode, string message) => new(exitCode, Shown.Line(message));

    private static string When(HttpResponseMessage answer) => answer.Headers.RetryAfter?.Delta is { } delay ? $"in {new Duration(delay)}" : "later";

    private sealed record Problem(
        string? Title = null, string? Detail = null, IReadOnlyDictionary<string, string[]>? Errors = null, string? Code = null, string? Hint = null)
    {
        public static Problem? Read(byte[] body)
        {
            try
            {
                return body.Length == 0 ? null : JsonSerializer.Deserialize<Problem>(body, Json.Options);
            }
            catch (JsonException)
            {
                // What is between us and the silo may call anything a problem.
                return null;
            }
        }

        public override string ToString()
        {
            var fields = string.Join("; ", (Errors ?? new Dictionary<string, string[]>()).Select(error => $"{error.Key}: {string.Join(", ", error.Value ?? [])}"));
            return string.Join(' ', new[] { Title, Detail, fields.Length > 0 ? fields + '.' : null }.Where(part => !string.IsNullOrEmpty(part)));
        }
    }
}
