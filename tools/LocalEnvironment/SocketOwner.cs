using System.Globalization;
using System.Net;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Whose a connection is, as Linux tells it in /proc.</summary>
public static class SocketOwner
{
    private const int LocalColumn = 1;
    private const int InodeColumn = 9;
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Whether a process of ours has a TCP socket whose own end is <paramref name="local"/>, by its port.</summary>
    public static bool Is(int processId, IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var sockets = InodesOf(local.Port).Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        try
        {
            return sockets.Count > 0
                && Directory.EnumerateFiles($"/proc/{processId}/fd").Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false) is { } link && sockets.Contains(link.Name));
        }
        catch (IOException)
        {
            // The process, or the socket, has gone meanwhile.
            return false;
        }
    }

    private static IEnumerable<string> InodesOf(int port)
    {
        var ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return Tables
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > InodeColumn && columns[LocalColumn].EndsWith(ending, StringComparison.Ordinal))
            .Select(columns => columns[InodeColumn]);
    }
}
