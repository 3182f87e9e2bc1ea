using System.CommandLine;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>The script that teaches a shell to complete our words.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static Command Make(CommandScope scope)
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell" }.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Print a completion script for a shell") { shell };
        command.SetAction(parsed =>
        {
            using var script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"tasker-breakers.{parsed.GetRequiredValue(shell)}")!;
            using var reader = new StreamReader(script);
            scope.Host.Output.Write(reader.ReadToEnd());
            return ExitCode.Ok;
        });
        return command;
    }
}
