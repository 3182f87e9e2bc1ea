using System.CommandLine;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>An operator's commands (S10).</summary>
internal static class OperatorCommands
{
    public static IEnumerable<Command> Make(CommandScope scope) =>
    [
        Make(scope, "force-open", "Reject every call, in every worker, until released or until the TTL ends", takesTtl: true),
        Make(scope, "force-closed", "Let every call pass, and trip on nothing, until released or until the TTL ends", takesTtl: true),
        Make(scope, "release", "Take a forced breaker back to closed; an automatic one is left as it is", takesTtl: false),
        Make(scope, "reset", "Take an open or half-open breaker to closed; a forced one must be released", takesTtl: false),
    ];

    private static Command Make(CommandScope scope, string kind, string description, bool takesTtl)
    {
        var name = ComponentArgument.Make(scope);
        var reason = new Option<string>("--reason", "-r") { Description = "Why: it stands in the history. 1-500 characters", HelpName = "TEXT", Required = true };
        var actor = new Option<string>("--actor") { Description = "Who: it stands in the history. 1-128 characters", HelpName = "NAME", DefaultValueFactory = _ => scope.Host.Actor };
        var ttl = new Option<Duration?>("--ttl")
        {
            Description = "How long, as 90s, 15m, 2h, 1d or in seconds, up to 365d. Default: until released",
            HelpName = "DURATION",

            // How long it may be, the silo decides.
            CustomParser = argument => Duration.Parser(TimeSpan.FromSeconds(1), TimeSpan.MaxValue)(argument),
        };
        var command = new Command(kind, description) { name, reason, actor };
        if (takesTtl)
        {
            command.Options.Add(ttl);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = scope.OpenApi(parsed);
            var (json, answer) = await api.CommandAsync(
                parsed.GetRequiredValue(name),
                kind,
                parsed.GetRequiredValue(reason),
                parsed.GetRequiredValue(actor),
                takesTtl ? parsed.GetValue(ttl) : null,
                cancellationToken);
            scope.PrinterFor(parsed).Print(json, console => console.WriteLine(Describe(answer)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Describe(CommandAnswer answer)
    {
        var (name, state) = (Shown.Line(answer.Breaker.Name), Shown.Line(answer.Breaker.State));
        var end = state is not (BreakerStates.ForcedOpen or BreakerStates.ForcedClosed) ? string.Empty
            : answer.Breaker.RetryAfterSeconds is { } seconds ? $" for {Shown.Span(TimeSpan.FromSeconds(seconds))}"
            : " until released";
        return $"{name} is {state}{end}, {(answer.Stored ? "and that is stored" : "in effect now; it is not stored yet, and is written until it is")}.";
    }
}
