using System.CommandLine;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Commands;

/// <summary>The option that lets a script ask whether calls are rejected.</summary>
internal static class OpenExitCode
{
    public static Option<bool> Make() => new("--exit-code") { Description = $"Exit with {ExitCode.Open} if a listed breaker is open or forced open" };

    public static int Of(bool isWanted, IEnumerable<Breaker> shown) => isWanted && shown.Any(breaker => breaker.IsOpen) ? ExitCode.Open : ExitCode.Ok;
}
