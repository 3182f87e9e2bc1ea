using System.CommandLine;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>All breakers.</summary>
internal static class ListCommand
{
    public static Command Make(CommandScope scope)
    {
        var state = new Option<string?>("--state") { Description = "Show only breakers in this state", HelpName = string.Join('|', BreakerStates.All) }.AcceptOnlyFromAmong(BreakerStates.All);
        var exitCode = OpenExitCode.Make();
        var command = new Command("list", "Show all breakers, and the number in each state") { state, exitCode };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = scope.OpenApi(parsed);
            var (json, list) = await api.ListAsync(parsed.GetValue(state), cancellationToken);
            scope.PrinterFor(parsed).Print(json, console =>
            {
                console.Write(Tables.Breakers(list.Breakers, scope.Host.Time.GetUtcNow(), console.Profile.Width));
                console.WriteLine(Tables.Line(list.Summary));
            });
            return OpenExitCode.Of(parsed.GetValue(exitCode), list.Breakers);
        });
        return command;
    }
}
