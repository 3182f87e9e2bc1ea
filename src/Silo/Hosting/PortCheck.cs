using System.Net;
using System.Net.Sockets;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>A port of the silo cannot be listened on; the message names the setting.</summary>
internal sealed class PortUnavailableException(string message) : Exception(message);

/// <summary>Whether a silo's ports are free. Orleans binds them so that, on Linux, two processes may share one: each would get some of
/// the other's connections, and nobody would say so.</summary>
internal static class PortCheck
{
    /// <summary>Throws when another process listens on the port already.</summary>
    /// <param name="endpoint">Where the silo is to listen.</param>
    /// <param name="setting">The setting that says so.</param>
    /// <exception cref="PortUnavailableException">It is taken, or the address is none of this host's; the message names the setting.</exception>
    public static void ThrowIfTaken(IPEndPoint endpoint, string setting)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                // As Orleans does: it listens there on IPv4 as well, and the port may be taken there alone.
                socket.DualMode = true;
            }

            socket.Bind(endpoint);
            socket.Listen(1);
        }
        catch (SocketException exception)
        {
            throw new PortUnavailableException(exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"{setting} is {endpoint.Port}, but another process listens there on {endpoint.Address}. Set a free port that differs from the ports in Urls."
                : $"The silo cannot listen on {endpoint} ({exception.Message}). Set Silo:ListenAddress and {setting} to an address and port of this host.");
        }
    }
}
