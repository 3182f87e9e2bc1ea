using System.Diagnostics;
using System.Globalization;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Signals to processes that we started.</summary>
public static class Signals
{
    private const int InterruptNumber = 2;

    /// <summary>The signal of Ctrl+C; TERM where this process ignores it, as a shell's background jobs do and all that they start.</summary>
    public static string Interrupt { get; } = Has(Environment.ProcessId, "SigIgn", InterruptNumber) ? "TERM" : "INT";

    /// <summary>Sends one, by name: TERM, STOP, CONT. A process that is gone is passed over.</summary>
    public static void Send(string name, params IReadOnlyCollection<int> processIds)
    {
        if (processIds.Count > 0)
        {
            using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{name}", .. processIds.Select(id => $"{id}")]) { RedirectStandardError = true })!;
            kill.WaitForExit();
        }
    }

    /// <summary>Whether a signal is in one of a process's sets, by the names of <c>/proc</c>; false when the process is gone.</summary>
    public static bool Has(int processId, string set, int signal)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(line => line.StartsWith(set + ":", StringComparison.Ordinal));
            return line is not null && ((ulong.Parse(line[(set.Length + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1)) & 1) != 0;
        }
        catch (IOException)
        {
            // It is gone.
            return false;
        }
    }
}
