using System.Diagnostics;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Cli.Tests.EndToEnd;

/// <summary>The tool as it is built, in a process of its own.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    public static string Assembly { get; } = Repository.Assembly("src/Cli", "TaskerCore.Orleans.Cli");

    /// <summary>More than a person has: the machine may be busy with other tests.</summary>
    public static string[] Patience { get; } = ["--timeout", "60s"];

    /// <summary>Runs the tool to its end.</summary>
    public static Task<CliEnd> RunAsync(Uri server, params IEnumerable<string> args) => RunAsync("dotnet", [Assembly, .. args, .. Patience], server, path: null, input: string.Empty);

    /// <summary>Runs any program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="server">The server that the tool asks.</param>
    /// <param name="path">A folder to look for programs in first.</param>
    /// <param name="input">Its input.</param>
    /// <exception cref="TimeoutException">It did not end; it was killed.</exception>
    public static async Task<CliEnd> RunAsync(string program, IEnumerable<string> args, Uri server, string? path, string input)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TASKER_BREAKERS_SERVER"] = server.ToString();
        start.Environment["TERM"] = "dumb";
        start.Environment.Remove("TASKER_BREAKERS_KEY");
        if (path is not null)
        {
            start.Environment["PATH"] = $"{path}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        using var process = Process.Start(start)!;
        Watchdog.Guard(process.Id);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var due = new CancellationTokenSource(Limit);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(due.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', args)} did not end within {Limit.TotalSeconds} s. It said: {await output}{await error}");
        }

        return new CliEnd(process.ExitCode, await output, await error);
    }
}
