using System.Net;
using System.Net.Sockets;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Ports on loopback that nobody uses just now.</summary>
public static class FreePort
{
    private const int FirstLasting = 10_000;
    private const int EndOfLasting = 32_000;

    private static int _nextLasting = FirstLasting + (int)((uint)Environment.ProcessId * 37 % (EndOfLasting - FirstLasting));

    /// <summary>One.</summary>
    public static int Next() => Several(1)[0];

    /// <summary>Several, all different.</summary>
    public static int[] Several(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }

    /// <summary>One for a server that goes and comes back: below the range that outgoing connections take theirs from, so that none of
    /// them has it when the server wants it again.</summary>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public static int Lasting()
    {
        for (var tries = 0; tries < EndOfLasting - FirstLasting; tries++)
        {
            var port = FirstLasting + (Interlocked.Increment(ref _nextLasting) % (EndOfLasting - FirstLasting));
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

        throw new InvalidOperationException($"No port from {FirstLasting} to {EndOfLasting} is free on loopback.");
    }
}
