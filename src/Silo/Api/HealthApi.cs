using TaskerCore.Orleans.Silo.Api.Access;
using TaskerCore.Orleans.Silo.Lifecycle;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Whether the process lives, whether it serves, and how it stands.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var silo = app.ServiceProvider.GetRequiredService<SiloHealth>();
        var health = app.MapGroup("/health").AddEndpointFilter(NotStored);
        health.MapGet("/", () => Answer(silo.Now));

        // Liveness depends on nothing but the process: a store that is down must not have silos restarted.
        health.MapGet("/live", () => Results.Ok(new { status = "live" }));
        health.MapGet("/ready", (Readiness readiness) => readiness.Reason is { } reason
            ? Results.Json(new { status = "not_ready", reasons = new[] { reason } }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Ok(new { status = "ready" }));

        // It names breakers and silos, as the API's other questions do.
        health.MapGet("/detailed", async (CancellationToken cancellationToken) => Answer(await silo.DetailsAsync(cancellationToken)))
            .RequireRead(app.ServiceProvider.GetRequiredService<ApiKeys>());
    }

    private static IResult Answer<T>(T health)
        where T : HealthModel =>
        Results.Json(health, statusCode: health.Status == HealthModel.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);

    /// <summary>How something stands is not what it was when a cache last asked.</summary>
    private static ValueTask<object?> NotStored(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return next(context);
    }
}
