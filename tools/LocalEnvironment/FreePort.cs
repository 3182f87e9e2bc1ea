using System.Net;
using System.Net.Sockets;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Ports on loopback that nobody uses just now.</summary>
public static class FreePort
{
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
}
