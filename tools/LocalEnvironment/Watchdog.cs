using System.Diagnostics;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Ends what this process started, however this process ends: a small shell waits for it and reads a list of process ids.</summary>
public static class Watchdog
{
    private const string Script =
        "trap '' INT TERM HUP; while kill -0 \"$1\" 2>/dev/null; do sleep 0.5; done; "
        + "while read -r pid; do kill -9 \"$pid\" 2>/dev/null; done < \"$2\"; "
        + "while read -r dir; do rm -rf \"$dir\"; done < \"$3\"; rm -f \"$2\" \"$3\"";

    private static readonly Lock Gate = new();
    private static string? _processes;
    private static string? _folders;

    /// <summary>The process ends when this one does.</summary>
    public static void Guard(int processId) => Add(processes: true, processId.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The folder is removed when this process has ended.</summary>
    public static void Remove(string folder) => Add(processes: false, folder);

    private static void Add(bool processes, string line)
    {
        lock (Gate)
        {
            if (_processes is null || _folders is null)
            {
                _processes = Path.GetTempFileName();
                _folders = Path.GetTempFileName();
                using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "watchdog", $"{Environment.ProcessId}", _processes, _folders]));
            }

            File.AppendAllText(processes ? _processes : _folders, line + "\n");
        }
    }
}
