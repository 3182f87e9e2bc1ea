using System.Net;
using System.Net.Sockets;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Ports on loopback that nobody uses just now, and that nobody is given by chance: they lie below the range that outgoing
/// connections take theirs from, so none of those has one when a server starts a moment later, or goes and comes back.</summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int End = 32_000;

    private static int _next = (int)((uint)Environment.ProcessId * 37 % (End - First));

    /// <summary>One.</summary>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public static int Next()
    {
        for (var tries = 0; tries < End - First; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % (End - First));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next.
            }
        }

        throw new InvalidOperationException($"No port from {First} to {End} is free on loopback.");
    }

    /// <summary>Several, all different.</summary>
    /// <exception cref="InvalidOperationException">There are not as many.</exception>
    public static int[] Several(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
