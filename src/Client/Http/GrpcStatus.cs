using System.Net.Http.Headers;

namespace TaskerCore.Orleans.Client.Http;

/// <summary>The status of a gRPC call, which comes in a response 200: as a header when the server sent no message, else behind the body.</summary>
internal static class GrpcStatus
{
    private const string Name = "grpc-status";

    /// <summary>What the status means; a success where there is none to be seen.</summary>
    public static OutcomeKind Judge(HttpResponseMessage response) =>
        (ValueOf(response.Headers) ?? (HasTrailers(response) ? ValueOf(response.TrailingHeaders) : null)) switch
        {
            // CANCELLED: the caller gave it up.
            "1" => OutcomeKind.Ignored,

            // UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
            "2" or "4" or "8" or "13" or "14" or "15" => OutcomeKind.Failure,

            // OK, and what a server that works says of the call, such as NOT_FOUND or INVALID_ARGUMENT.
            _ => OutcomeKind.Success,
        };

    private static string? ValueOf(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues(Name, out var values) && values.Count > 0 ? values.ToString() : null;

    /// <summary>Trailers are there only once the body was read, by a handler inside.</summary>
    private static bool HasTrailers(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
        && type.ToString().StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
}
