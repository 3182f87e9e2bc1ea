using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.Silo.Api.Access;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>The HTTP API: questions about the cluster's breakers, and operators' commands.</summary>
internal static partial class BreakerApi
{
    public static void MapBreakers(this IEndpointRouteBuilder app)
    {
        var questions = app.MapGroup("/api/breakers").RequireRead(app.ServiceProvider.GetRequiredService<ApiKeys>());
        questions.MapGet("", ListAsync);
        questions.MapGet("/{name}", GetAsync);
        questions.MapGet("/{name}/history", HistoryAsync);
        var commands = app.MapGroup("/api/breakers/{name}").RequireAuthorization(ApiAccess.Command);
        commands.MapPost("/force-open", CommandAsync(CommandKind.ForceOpen));
        commands.MapPost("/force-closed", CommandAsync(CommandKind.ForceClosed));
        commands.MapPost("/release", CommandAsync(CommandKind.Release));
        commands.MapPost("/reset", CommandAsync(CommandKind.Reset));
    }

    private static async Task<IResult> ListAsync(string? state, IBreakerClusterQueries queries, CancellationToken cancellationToken)
    {
        BreakerState? wanted = null;
        if (state is not null && (wanted = ApiNames.State(state)) is null)
        {
            return Invalid("state", $"is not known; one of: {ApiNames.States}");
        }

        var all = await queries.ListAsync(null, cancellationToken);
        var shown = all.Where(breaker => wanted is null || breaker.State == wanted).Select(BreakerModel.Of).ToList();
        return Results.Ok(new BreakerList(shown, SummaryModel.Of(ClusterHealth.Of(all))));
    }

    private static async Task<IResult> GetAsync(string name, IBreakerClusterQueries queries, CancellationToken cancellationToken)
    {
        if (Decode(name) is not { } component)
        {
            return InvalidName(name);
        }

        return await queries.GetAsync(component, cancellationToken) is { } breaker ? Results.Ok(BreakerModel.Of(breaker)) : NotFound(component);
    }

    private static async Task<IResult> HistoryAsync(string name, IBreakerClusterQueries queries, CancellationToken cancellationToken)
    {
        if (Decode(name) is not { } component)
        {
            return InvalidName(name);
        }

        return await queries.HistoryAsync(component, cancellationToken) is { } history
            ? Results.Ok(new HistoryModel([.. history.Select(TransitionModel.Of)]))
            : NotFound(component);
    }

    private static Func<string, HttpRequest, IBreakerClusterCommands, ILoggerFactory, CancellationToken, Task<IResult>> CommandAsync(CommandKind kind) =>
        async (name, request, commands, loggers, cancellationToken) =>
        {
            if (Decode(name) is not { } component)
            {
                return InvalidName(name);
            }

            var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
            if (await CommandBody.ReadAsync(request, kind, request.HttpContext.User.Identity?.Name, faults, cancellationToken) is not { } command)
            {
                return Results.ValidationProblem(faults, title: "The command is not valid.");
            }

            LogCommand(loggers.CreateLogger(typeof(BreakerApi)), command.Actor, kind, component);
            var answer = await commands.CommandAsync(component, command, cancellationToken);
            return answer.Status switch
            {
                CommandStatus.Conflict => Results.Problem(
                    statusCode: StatusCodes.Status409Conflict,
                    title: "The breaker is forced.",
                    detail: $"'{component}' is {SnakeCase.Of(answer.Breaker!.State)}: release it first; a reset is for automatic states."),
                CommandStatus.Refused => Results.Problem(
                    statusCode: StatusCodes.Status409Conflict, title: "The breaker may not be created.", detail: answer.Refusal!.Message),
                _ => Results.Ok(new CommandModel(BreakerModel.Of(answer.Breaker!), answer.Stored)),
            };
        };

    /// <summary>The component of a route value: a <c>/</c> arrives as <c>%2F</c> and is left so by the routing. Null: no component name.</summary>
    internal static string? Decode(string name) =>
        name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) is var decoded && ComponentName.IsValid(decoded) ? decoded : null;

    internal static IResult InvalidName(string name) => Invalid("name", ComponentName.Fault(name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)));

    private static IResult Invalid(string field, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] }, title: "The request is not valid.");

    private static IResult NotFound(string component) => Results.Problem(
        statusCode: StatusCodes.Status404NotFound,
        title: "There is no such breaker.",
        detail: $"'{component}' was never used and is not configured. GET /api/breakers lists those that are.");

    [LoggerMessage(302, LogLevel.Information, "Operator {Actor} commands {Command} on {Component}")]
    private static partial void LogCommand(ILogger logger, string actor, CommandKind command, string component);
}
