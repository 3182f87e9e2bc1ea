using System.Diagnostics;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A program that is run to its end: its exit code, and all that it said.</summary>
public sealed record ProgramRun(int ExitCode, string Output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs one with arguments.</summary>
    /// <inheritdoc cref="OfAsync(ProcessStartInfo, string)" path="/exception"/>
    public static Task<ProgramRun> OfAsync(string program, params string[] arguments) => OfAsync(new ProcessStartInfo(program, arguments));

    /// <summary>Runs one, and gives it what it is to read.</summary>
    /// <exception cref="OperationCanceledException">It had not ended after five minutes; it was ended.</exception>
    public static async Task<ProgramRun> OfAsync(ProcessStartInfo start, string input = "")
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            var output = string.Concat(await said);
            await process.WaitForExitAsync(limit.Token);
            return new ProgramRun(process.ExitCode, output);
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
