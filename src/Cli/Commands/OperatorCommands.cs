using System.CommandLine;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Output;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>An operator's commands (S10).</summary>
internal static class OperatorCommands
{
    public static IEnumerable<Command> Make(CommandScope scope) =>
    [
        Make(scope, "force-open", "Reject every call in every worker, until released or until the TTL ends", takesTtl: true),
        Make(scope, "force-closed", "Admit every call, and never trip, until released or until the TTL ends", takesTtl: true),
        Make(scope, "release", "Return a forced breaker to closed; any other breaker stays as it is", takesTtl: false),
        Make(scope, "reset", "Close an open or half-open breaker; release a forced one instead", takesTtl: false),
    ];

    private static Command Make(CommandScope scope, string kind, string description, bool takesTtl)
    {
        var name = ComponentArgument.Make(scope);
        var reason = new Option<string>("--reason", "-r") { Description = "The reason, for the history. 1-500 characters", HelpName = "TEXT", Required = true };
        var actor = new Option<string>("--actor") { Description = "The operator, for the history. 1-128 characters", HelpName = "NAME", DefaultValueFactory = _ => scope.Host.Actor };
        var ttl = new Option<Duration?>("--ttl")
        {
            Description = "The duration: 90s, 15m, 1h30m, 1d, PT1H30M, or seconds, up to 365d. Default: until released",
            HelpName = "DURATION",

            // How long it may be, the silo decides.
            CustomParser = argument => Duration.Parser(TimeSpan.FromSeconds(1), TimeSpan.MaxValue)(argument),
        };
        var create = new Option<bool>("--create") { Description = "Create the breaker if no worker uses the name and no settings contain it. Without this option, such a name is refused as a probable typing error" };
        var command = new Command(kind, description) { name, reason, actor };
        if (takesTtl)
        {
            command.Options.Add(ttl);
            command.Options.Add(create);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = scope.OpenApi(parsed);
            var body = new CommandBody(
                parsed.GetRequiredValue(reason),
                parsed.GetRequiredValue(actor),
                takesTtl ? parsed.GetValue(ttl)?.Value.TotalSeconds : null,
                takesTtl ? parsed.GetValue(create) : null);
            var (json, answer) = await api.CommandAsync(parsed.GetRequiredValue(name), kind, body, cancellationToken);
            var said = Describe(kind, answer) + DescribeActor(answer, parsed.GetResult(actor) is { Implicit: false } ? body.Actor : null);
            try
            {
                scope.PrinterFor(parsed).Print(json, console => console.WriteLine(said));
            }
            catch (IOException exception) when (exception is not OutputFault { IsReaderGone: true })
            {
                throw new OutputFault($"{exception.Message.TrimEnd('.')}. The command was carried out nevertheless: {said}", exception);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static string Describe(string kind, CommandOutcome answer)
    {
        var breaker = answer.Breaker;
        var (name, state) = (Shown.Line(breaker.Name), Shown.Line(breaker.State));
        if (!answer.Changed)
        {
            return breaker.Used
                ? $"Nothing changed: {name} is {state}; {kind} applies to forced states."
                : $"Nothing changed: {name} was never used and is {state}.";
        }

        var created = answer.Created ? $"{name} was never used; the command created its breaker. " : string.Empty;
        var end = state is not (BreakerStates.ForcedOpen or BreakerStates.ForcedClosed) ? string.Empty
            : (breaker.LastTransition?.TtlSeconds ?? breaker.RemainingSeconds) is { } seconds ? $" for {Shown.Span(TimeSpan.FromSeconds(seconds))}"
            : " until released";
        var was = kind == "reset" && breaker.LastTransition is { From: BreakerStates.Closed } ? " as before; its counters start from zero" : string.Empty;
        return $"{created}{name} is {state}{end}{was}, {(answer.Stored ? "and that is stored" : "in effect now; it is not stored yet, and the write is retried")}.";
    }

    /// <summary>Of a caller with a key the key's name is the actor, whatever the option says.</summary>
    private static string DescribeActor(CommandOutcome answer, string? given) => given is not null && answer.Actor is { } actor && actor != given
        ? $" The history has {Shown.Line(actor)}, the name of the key, instead of {Shown.Line(given)}."
        : string.Empty;
}
