using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>Scripts and programs, run to their end.</summary>
internal static class Scripts
{
    /// <summary>Runs one that is to be content.</summary>
    public static async Task RunWellAsync(string program, params string[] arguments)
    {
        var (exitCode, output) = await ProgramRun.OfAsync(program, arguments);
        Assert.True(exitCode == 0, $"{program} ended with {exitCode}: {output}");
    }
}
