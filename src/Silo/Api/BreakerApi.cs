using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Silo.Api.Access;
using TaskerCore.Orleans.Silo.Logging;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>The HTTP API: queries about the cluster's breakers, and operators' commands.</summary>
/// <remarks>Each endpoint of one breaker takes its name as a query, <c>/api/breaker?name=</c>, which no proxy changes, or in the path,
/// <c>/api/breakers/{name}</c> (<see cref="ComponentPath"/>).</remarks>
internal static class BreakerApi
{
    private const string HistoryPart = "history";

    public static void MapBreakers(this IEndpointRouteBuilder app)
    {
        var keys = app.ServiceProvider.GetRequiredService<ApiKeys>();
        var queries = app.MapGroup("/api").RequireRead(keys);
        queries.MapGet("/breaker", GetAsync);
        queries.MapGet($"/breaker/{HistoryPart}", HistoryAsync);
        var commands = app.MapGroup("/api").RequireAuthorization(ApiAccess.Command);
        foreach (var command in BreakerCommands.All)
        {
            commands.MapPost($"/breaker/{command}", (string? name, HttpRequest request, BreakerCommands handler, CancellationToken cancellationToken) =>
                handler.HandleAsync(name, command, request, cancellationToken));
        }

        var queriesByPath = app.MapGroup("/api/breakers").RequireRead(keys).AddEndpointFilter(ComponentPath.RefuseDots);
        queriesByPath.MapGet("", ListAsync);
        queriesByPath.MapGet("/{**rest}", (string? rest, IBreakerClusterQueries cluster, IComponentLookUp names, CancellationToken cancellationToken) =>
            ComponentPath.Split(rest, HistoryPart) is var (name, last) && last is null
                ? GetAsync(name, cluster, names, cancellationToken)
                : HistoryAsync(name, cluster, names, cancellationToken));
        var commandsByPath = app.MapGroup("/api/breakers").RequireAuthorization(ApiAccess.Command).AddEndpointFilter(ComponentPath.RefuseDots);
        commandsByPath.MapPost("/{**rest}", (string? rest, HttpRequest request, BreakerCommands handler, CancellationToken cancellationToken) =>
        {
            var (name, command) = ComponentPath.Split(rest, BreakerCommands.All);
            return command is not null ? handler.HandleAsync(name, command, request, cancellationToken) : Task.FromResult(NoCommand(request.Path));
        });
    }

    private static async Task<IResult> ListAsync(string? state, IBreakerClusterQueries queries, CancellationToken cancellationToken)
    {
        BreakerState? wanted = null;
        if (state is not null && (wanted = ApiNames.State(state)) is null)
        {
            return ApiProblems.InvalidField("state", $"is unknown; use one of {ApiNames.States}");
        }

        var all = await queries.ListAsync(null, cancellationToken);
        var shown = all.Where(breaker => wanted is null || breaker.State == wanted).Select(BreakerModel.Of).ToList();
        return Results.Ok(new BreakerList(shown, SummaryModel.Of(ClusterHealth.Of(all))));
    }

    private static async Task<IResult> GetAsync(string? name, IBreakerClusterQueries queries, IComponentLookUp names, CancellationToken cancellationToken)
    {
        var component = ComponentPath.Decode(name ?? string.Empty);
        return ComponentPath.Fault(component) is { } fault ? fault
            : await queries.GetAsync(component, cancellationToken) is { } breaker ? Results.Ok(BreakerModel.Of(breaker))
            : await NotFoundAsync(component, names, cancellationToken);
    }

    private static async Task<IResult> HistoryAsync(string? name, IBreakerClusterQueries queries, IComponentLookUp names, CancellationToken cancellationToken)
    {
        var component = ComponentPath.Decode(name ?? string.Empty);
        return ComponentPath.Fault(component) is { } fault ? fault
            : await queries.GetHistoryAsync(component, cancellationToken) is { } history ? Results.Ok(HistoryModel.Of(history))
            : await NotFoundAsync(component, names, cancellationToken);
    }

    private static async Task<IResult> NotFoundAsync(string component, IComponentLookUp names, CancellationToken cancellationToken)
    {
        var nearest = (await names.LookUpAsync(component, cancellationToken)).Nearest;
        return ApiProblems.Of(
            StatusCodes.Status404NotFound,
            ApiProblems.BreakerNotFound,
            "The breaker does not exist.",
            $"{ComponentStanding.Describe(component, nearest)} GET /api/breakers lists all breakers.",
            nearest);
    }

    private static IResult NoCommand(string path) => ApiProblems.Of(
        StatusCodes.Status404NotFound,
        ApiProblems.EndpointNotFound,
        "Unknown command.",
        $"POST {OneLine.Of(path)} does not end with a command: {string.Join(", ", BreakerCommands.All)}.");

    /// <summary>The component of a route value, decoded; null: no component name.</summary>
    internal static string? Decode(string name) => ComponentPath.Decode(name) is var decoded && ComponentName.IsValid(decoded) ? decoded : null;

    internal static IResult InvalidName(string name) => ComponentPath.Fault(ComponentPath.Decode(name))!;
}
