using System.Diagnostics;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>Scripts and programs, run to their end.</summary>
internal static class Scripts
{
    /// <summary>Runs one, and gives its exit code and all that it said.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    /// <summary>Runs one that is to be content.</summary>
    public static async Task RunWellAsync(string program, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(program, arguments);
        Assert.True(exitCode == 0, $"{program} ended with {exitCode}: {output}");
    }
}
