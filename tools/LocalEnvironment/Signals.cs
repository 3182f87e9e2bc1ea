using System.Diagnostics;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Signals to processes that we started.</summary>
internal static class Signals
{
    /// <summary>Sends one, by name: TERM, STOP, CONT. A process that is gone is passed over.</summary>
    public static void Send(string name, params IReadOnlyCollection<int> processIds)
    {
        if (processIds.Count > 0)
        {
            using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{name}", .. processIds.Select(id => $"{id}")]) { RedirectStandardError = true })!;
            kill.WaitForExit();
        }
    }
}
