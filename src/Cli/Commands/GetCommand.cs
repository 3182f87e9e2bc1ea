using System.CommandLine;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Printing;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>One breaker, with all there is to say of it.</summary>
internal static class GetCommand
{
    public static Command Make(CommandScope scope)
    {
        var name = ComponentArgument.Make(scope);
        var exitCode = OpenExitCode.Make();
        var command = new Command("get", "Show one breaker: its state, counts and settings") { name, exitCode };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var api = scope.OpenApi(parsed);
            var (json, breaker) = await api.GetAsync(parsed.GetRequiredValue(name), cancellationToken);
            scope.PrinterFor(parsed).Print(json, console =>
            {
                foreach (var line in Story.Of(breaker, scope.Host.Time.GetUtcNow()))
                {
                    console.WriteLine(line);
                }

                console.WriteLine();
                console.Write(Tables.Fields(json));
            });
            return OpenExitCode.Of(parsed.GetValue(exitCode), [breaker]);
        });
        return command;
    }
}
