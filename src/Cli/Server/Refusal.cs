using System.Net;
using System.Text.Json;
using TaskerCore.Orleans.Cli.Printing;

namespace TaskerCore.Orleans.Cli.Server;

/// <summary>What a server refuses, in one line: the problem's own words, and what to do.</summary>
internal static class Refusal
{
    private const string ProblemType = "application/problem+json";

    public static CliFault Of(HttpResponseMessage answer, byte[] body, ServerAddress server)
    {
        var problem = Problem.Read(answer.Content.Headers.ContentType?.MediaType == ProblemType ? body : []);
        var said = problem?.ToString() ?? $"{server.Url} answered {(int)answer.StatusCode} {answer.ReasonPhrase}.";
        return answer.StatusCode switch
        {
            // Where there is no such route the problem has no detail.
            HttpStatusCode.NotFound when problem?.Detail is not null => Fault(ExitCode.NotFound, said),
            HttpStatusCode.NotFound => Fault(ExitCode.Unreachable, $"{server.Url} is no HTTP API of a silo, or of one too old for this: it answered 404. Give another address: --server URL."),
            HttpStatusCode.Conflict => Fault(ExitCode.Conflict, said),
            HttpStatusCode.Unauthorized => Fault(ExitCode.NotAllowed, $"{said} {(server.Key is null ? "Give a key" : "Give another key")}: {GlobalOptions.KeyVariable}, or --key-file."),
            HttpStatusCode.Forbidden => Fault(ExitCode.NotAllowed, $"{said} This key may not do that."),
            HttpStatusCode.TooManyRequests => Fault(ExitCode.NotAllowed, $"{said} Try again {When(answer)}."),
            HttpStatusCode.ServiceUnavailable => Fault(ExitCode.Unreachable, $"{said} Try again {When(answer)}."),
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => Fault(ExitCode.Invalid, said),
            >= HttpStatusCode.InternalServerError => Fault(ExitCode.Unreachable, $"{said} The silo's log says more."),
            _ => Fault(ExitCode.Unreachable, $"{server.Url} answered {(int)answer.StatusCode}, which a silo does not. Give the address of a silo itself: --server URL."),
        };
    }

    private static CliFault Fault(int exitCode, string message) => new(exitCode, Shown.Line(message));

    private static string When(HttpResponseMessage answer) => answer.Headers.RetryAfter?.Delta is { } delay ? $"in {new Duration(delay)}" : "later";

    private sealed record Problem(string? Title = null, string? Detail = null, IReadOnlyDictionary<string, string[]>? Errors = null)
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
