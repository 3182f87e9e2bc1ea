using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization.Session;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.Grains.Interfaces.Connections;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Says which of the addresses given is no gateway of this worker's cluster: of another cluster, no silo's at all, or something that
/// ends each connection. Orleans itself only tries again.</summary>
/// <param name="clusterId">This worker's.</param>
/// <param name="usesTls">Whether the worker does: then it is TLS that tells of ended connections.</param>
/// <param name="time">Of what is logged again.</param>
/// <param name="logger">For all of it.</param>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed partial class ForeignGateways(string clusterId, bool usesTls, TimeProvider time, ILogger<ForeignGateways> logger)
{
    /// <summary>Connections in a row that are ended at once before it is told: a silo that stops just then may end one or two.</summary>
    public const int EndsInARow = 3;

    /// <summary>Which connections were: a silo's own port greets as its gateway does, and ends the connection then.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly LogThrottle _throttle = new(time);
    private int _endsInARow;

    /// <summary>Reads each connection's greeting. It must come after TLS.</summary>
    public void Watch(IConnectionBuilder connections)
    {
        var sessions = connections.ApplicationServices.GetRequiredService<SerializerSessionPool>();
        connections.Use(next => async connection =>
        {
            var transport = connection.Transport;
            var greeted = new GreetedTransport(transport, sessions);
            connection.Transport = greeted;
            var opened = time.GetTimestamp();
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                connection.Transport = transport;
                if (connection.RemoteEndPoint is { } gateway)
                {
                    Ended(gateway, greeted.Greeting, time.GetElapsedTime(opened));
                }
            }
        });
    }

    /// <summary>A connection is over.</summary>
    /// <param name="gateway">To whom it was.</param>
    /// <param name="greeting">What came from there first.</param>
    /// <param name="lasted">From opened to ended.</param>
    internal void Ended(EndPoint gateway, Greeting greeting, TimeSpan lasted)
    {
        switch (greeting)
        {
            case { Kind: GreetingKind.Stranger }:
                if (ShouldLog(gateway, "no gateway"))
                {
                    LogStranger(gateway);
                }

                break;
            case { ClusterId: { } theirs } when theirs != clusterId:
                if (ShouldLog(gateway, theirs))
                {
                    LogForeign(gateway, theirs, clusterId);
                }

                break;
            case { Kind: GreetingKind.Ended }:
            case { Kind: GreetingKind.Cluster } when lasted < AtOnce:
                if (Interlocked.Increment(ref _endsInARow) >= EndsInARow && !usesTls && ShouldLog(gateway, "ends"))
                {
                    LogEnds(gateway, clusterId);
                }

                break;
            case { Kind: GreetingKind.Cluster }:
                Volatile.Write(ref _endsInARow, 0);
                break;
            default:
                // Nothing came, and it was this side that gave up.
                break;
        }
    }

    private bool ShouldLog(EndPoint gateway, string reason) => _throttle.ShouldLog(gateway.ToString()!, reason);

    [LoggerMessage(1, LogLevel.Warning,
        "The gateway {Gateway} belongs to the cluster '{Theirs}', and this worker looks for the cluster '{Ours}'. Set CircuitBreakerClientOptions.ClusterId to '{Theirs}', or give the address of a silo of '{Ours}'")]
    private partial void LogForeign(EndPoint gateway, string theirs, string ours);

    [LoggerMessage(2, LogLevel.Warning,
        "What answers at {Gateway} is no silo's gateway. Give the port where silos take workers: Silo:GatewayPort, 30000 where it is not set")]
    private partial void LogStranger(EndPoint gateway);

    [LoggerMessage(3, LogLevel.Warning,
        "The gateway {Gateway} takes connections and ends each of them at once. Either it is the port where silos talk to each other (give Silo:GatewayPort, not Silo:SiloPort), or it asks for TLS (set CircuitBreakerClientOptions.Tls), or it belongs to another cluster than '{Ours}', or a proxy stands there that has no silo behind it")]
    private partial void LogEnds(EndPoint gateway, string ours);
}
