using System.Net.Mime;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>The index at <c>/</c>: which endpoints there are.</summary>
internal static class IndexApi
{
    private static readonly EndpointModel[] Endpoints =
    [
        new("GET", "/health/live", "whether the process is alive"),
        new("GET", "/health/ready", "whether the silo serves, with reasons"),
        new("GET", "/health", "healthy, degraded or unhealthy, with reasons"),
        new("GET", "/health/detailed", "version, Postgres, silos, breakers by state"),
        new("GET", "/metrics", "metrics for Prometheus"),
        new("GET", "/api/breakers[?state=STATE]", $"every breaker; STATE is one of {ApiNames.States}"),
        new("GET", "/api/breaker?name=NAME", "one breaker; also /api/breakers/NAME, with / in the name as %2F or as it is"),
        new("GET", "/api/breaker/history?name=NAME", "the breaker's last 100 transitions; also /api/breakers/NAME/history"),
        new("GET", "/api/config[?name=NAME]", "the settings in force and their sources; also /api/config/NAME"),
        .. BreakerCommands.All.Select(command => new EndpointModel(
            "POST", $"/api/breaker/{command}?name=NAME", $$"""a command: {{Body(command)}}; also /api/breakers/NAME/{{command}}""")),
    ];

    public static void MapIndex(this IEndpointRouteBuilder app) => app.MapGet("/", (HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase))
            ? Results.Ok(new IndexModel(Endpoints))
            : Results.Text(string.Concat(Endpoints.Select(endpoint => $"{endpoint.Method,-4} {endpoint.Path,-37} {endpoint.Description}\n"))));

    private static string Body(string command) => command.StartsWith("force-", StringComparison.Ordinal)
        ? """{"reason", "actor", "ttl_seconds", "create"}"""
        : """{"reason", "actor"}""";

    internal sealed record EndpointModel(string Method, string Path, string Description);

    internal sealed record IndexModel(IReadOnlyList<EndpointModel> Endpoints);
}
