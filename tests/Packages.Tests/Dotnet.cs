using System.Diagnostics;

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>The SDK's commands, run to their end.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs one that is to be content, without a build server that outlives it.</summary>
    /// <param name="folder">Where it runs. Packages are extracted into the folder <c>packages</c> there.</param>
    /// <param name="arguments">What the command is.</param>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0") })
        {
            start.Environment[name] = value;
        }

        if (File.Exists(Path.Combine(folder, "nuget.config")))
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, "packages");
        }

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            var output = string.Concat(said);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
