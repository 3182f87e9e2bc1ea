using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Watches which gateways leave everything unanswered that is sent to them. A frozen process keeps its connections, and only the times at
/// which bytes are sent and received show which of several gateways hangs.</summary>
/// <remarks>Safe for any number of threads. A write and a read cost one time stamp at most.</remarks>
internal sealed class GatewayWatch(TimeProvider time)
{
    private readonly ConcurrentDictionary<WatchedTransport, IPEndPoint> _connections = new();

    /// <summary>Watches each connection for as long as it is open.</summary>
    public void Watch(IConnectionBuilder connections) => connections.Use(next => async connection =>
    {
        if (connection.RemoteEndPoint is not IPEndPoint gateway)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        var watched = new WatchedTransport(connection.Transport, time);
        connection.Transport = watched;
        _connections[watched] = Unmapped(gateway);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(watched, out _);
        }
    });

    /// <summary>True if something was sent to the gateway and nothing has been received from it since, for <paramref name="limit"/> or longer.</summary>
    public bool IsSilent(Uri gateway, TimeSpan limit) => OpenTo(gateway).Any(connection => connection.Unanswered >= limit);

    /// <summary>True if a connection to the gateway is open that has left nothing unanswered for <paramref name="limit"/>.</summary>
    public bool IsAnswering(Uri gateway, TimeSpan limit) => OpenTo(gateway).Any(connection => connection.Unanswered < limit);

    private IEnumerable<WatchedTransport> OpenTo(Uri gateway)
    {
        if (!IPAddress.TryParse(gateway.DnsSafeHost, out var address))
        {
            return [];
        }

        var endPoint = Unmapped(new IPEndPoint(address, gateway.Port));
        return _connections.Where(connection => connection.Value.Equals(endPoint)).Select(connection => connection.Key);
    }

    /// <summary>A socket for both families shows an IPv4 address as an IPv6 one.</summary>
    private static IPEndPoint Unmapped(IPEndPoint address) =>
        address.Address.IsIPv4MappedToIPv6 ? new(address.Address.MapToIPv4(), address.Port) : address;
}
