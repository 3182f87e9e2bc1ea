using System.CommandLine;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>A breaker's last transitions.</summary>
internal static class HistoryCommand
{
    public static Command Make(CommandScope scope)
    {
        var name = ComponentArgument.Make(scope);
        var command = new Command("history", "Show a breaker's last 100 transitions, oldest first") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = scope.OpenApi(parsed);
            var (json, history) = await api.HistoryAsync(parsed.GetRequiredValue(name), cancellationToken);
            scope.PrinterFor(parsed).Print(json, console => HistoryTable.Write(console, history.Transitions, scope.Host.Time.GetUtcNow()));
            return ExitCode.Ok;
        });
        return command;
    }
}
