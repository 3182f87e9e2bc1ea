using System.Globalization;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;
using TaskerCore.Orleans.Silo.Logging;

namespace TaskerCore.Orleans.Silo.Api;

/// <summary>Carries out operators' commands that come over HTTP, and logs each: what was asked, by whom, from where, and what became of it.</summary>
internal sealed partial class BreakerCommands(IBreakerClusterCommands commands, ILogger<BreakerCommands> logger)
{
    private static readonly Dictionary<string, CommandKind> Kinds = new(StringComparer.Ordinal)
    {
        ["force-open"] = CommandKind.ForceOpen,
        ["force-closed"] = CommandKind.ForceClosed,
        ["release"] = CommandKind.Release,
        ["reset"] = CommandKind.Reset,
    };

    /// <summary>The commands, as paths name them.</summary>
    public static string[] All { get; } = [.. Kinds.Keys];

    public async Task<IResult> HandleAsync(string? name, string kind, HttpRequest request, CancellationToken cancellationToken)
    {
        var component = ComponentPath.Decode(name ?? string.Empty);
        var key = request.HttpContext.User.Identity?.Name;
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (ComponentPath.Fault(component) is { } invalid)
        {
            Log(LogLevel.Warning, kind, component, null, request, "refused, the name is invalid");
            return invalid;
        }

        var command = await CommandBody.ReadAsync(request, Kinds[kind], key, faults, cancellationToken);
        if (command is null || faults.Count > 0)
        {
            Log(LogLevel.Warning, kind, component, command, request, $"refused, {string.Join("; ", faults.Select(fault => $"{fault.Key} {fault.Value[0]}"))}");
            return ApiProblems.InvalidFields(faults, "The command is invalid.");
        }

        try
        {
            var answer = await commands.CommandAsync(component, command, cancellationToken);
            var isDone = answer.Status is CommandStatus.Applied or CommandStatus.Unchanged;
            Log(isDone ? LogLevel.Information : LogLevel.Warning, kind, component, command, request, Outcome(answer));
            return Result(component, command, answer);
        }
        catch (Exception exception)
        {
            Log(LogLevel.Warning, kind, component, command, request, exception is ClusterUnavailableException { MayHaveArrived: false }
                ? "refused, this silo does not serve"
                : $"no answer ({exception.GetType().Name}), the command may be in effect");
            throw;
        }
    }

    private static string Outcome(CommandAnswer answer) => answer.Status switch
    {
        CommandStatus.Applied => answer.Stored ? "in effect and stored" : "in effect, not stored yet",
        CommandStatus.Unchanged => "no change",
        CommandStatus.Conflict => "refused, the breaker is forced",
        _ => $"refused, {answer.Refusal?.Message}",
    };

    private static IResult Result(string component, OperatorCommand command, CommandAnswer answer) => answer.Status switch
    {
        CommandStatus.Conflict => ApiProblems.Of(
            StatusCodes.Status409Conflict,
            ApiProblems.Forced,
            "The breaker is forced.",
            $"'{component}' is {SnakeCase.Of(answer.Breaker!.State)}: release it first. A reset applies to automatic states only."),
        CommandStatus.Refused => ApiProblems.Of(
            StatusCodes.Status409Conflict, ApiProblems.MayNotExist, "The breaker may not be created.", answer.Refusal!.Message),
        CommandStatus.NotFound => ApiProblems.Of(
            StatusCodes.Status404NotFound,
            ApiProblems.BreakerNotFound,
            "The breaker does not exist.",
            answer.Refusal!.Message,
            answer.Nearest,
            command is { MustExist: true, Kind: CommandKind.ForceOpen or CommandKind.ForceClosed } ? "If the name is correct, send \"create\": true." : null),
        _ => Results.Ok(new CommandModel(
            BreakerModel.Of(answer.Breaker!), answer.Stored, answer.Status == CommandStatus.Applied, answer.Created, command.Actor)),
    };

    private void Log(LogLevel level, string kind, string component, OperatorCommand? command, HttpRequest request, string outcome)
    {
        if (!logger.IsEnabled(level))
        {
            return;
        }

        var actor = OneLine.Of(command?.Actor is { Length: > 0 } named ? named : "nobody named");
        var key = request.HttpContext.User.Identity?.Name ?? "none";
        var address = request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "an unknown address";
        var ttl = command?.Ttl is { } length ? length.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s" : "none";
        var reason = OneLine.Of(command?.Reason is { Length: > 0 } given ? given : "none");
        var (name, became) = (OneLine.Of(component), OneLine.Of(outcome));
        LogCommand(level, kind, name, became, actor, key, address, ttl, reason);
    }

    [LoggerMessage(EventId = EventIds.Command, Message = "Command {Command} on {Component}: {Outcome}. Actor {Actor}, key {Key}, from {Address}, TTL {Ttl}. Reason: {Reason}")]
    private partial void LogCommand(
        LogLevel level, string command, string component, string outcome, string actor, string key, string address, string ttl, string reason);
}
