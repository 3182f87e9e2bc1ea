using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Whether the process lives, and whether it serves.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        // Liveness depends on nothing but the process: a store that is down must not have silos restarted.
        app.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        app.MapGet("/health/ready", (Readiness readiness) => readiness.Reason is { } reason
            ? Results.Json(new { status = "not_ready", reasons = new[] { reason } }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Ok(new { status = "ready" }));
    }
}
