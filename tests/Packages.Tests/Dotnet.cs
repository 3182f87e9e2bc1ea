using System.Diagnostics;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Packages.Tests;

/// <summary>The SDK's commands, run to their end.</summary>
internal static class Dotnet
{
    /// <summary>Runs one that is to be content, without a build server that outlives it.</summary>
    /// <param name="folder">Where it runs. Packages are extracted into the folder <c>packages</c> there.</param>
    /// <param name="arguments">What the command is.</param>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder };
        foreach (var (name, value) in new[] { ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0") })
        {
            start.Environment[name] = value;
        }

        if (File.Exists(Path.Combine(folder, "nuget.config")))
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, "packages");
        }

        var (exitCode, output) = await ProgramRun.OfAsync(start);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }
}
