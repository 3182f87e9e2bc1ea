using System.CommandLine;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.Cli.Watching;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>Breakers as they change, until q or Ctrl-C.</summary>
internal static class WatchCommand
{
    public static Command Make(CommandScope scope)
    {
        var name = ComponentArgument.Make(scope);
        name.Arity = ArgumentArity.ZeroOrOne;
        name.Description = "The component (default: all)";
        var interval = new Option<Duration>("--interval", "-i")
        {
            Description = "The interval between queries",
            HelpName = "DURATION",
            DefaultValueFactory = _ => new Duration(TimeSpan.FromSeconds(1)),
            CustomParser = Duration.Parser(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
        };
        var command = new Command("watch", "Show breakers as they change, until q or Ctrl-C: a live table, or one line per change if the output is not a terminal") { name, interval };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = scope.OpenApi(parsed);
            var printer = scope.PrinterFor(parsed);
            var looks = new BreakerLooks(api, parsed.GetValue(name), parsed.GetValue(interval).Value, scope.Host.Time).ReadAsync(cancellationToken);
            try
            {
                await (scope.Host.IsTerminal && printer.IsTable && scope.Host.Variable("TERM") != "dumb"
                    ? new LiveScreen(scope.Host, api).ShowAsync(looks, cancellationToken)
                    : new ChangeLines(api, printer, scope.Host.Error).ShowAsync(looks, cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Its proper end.
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
