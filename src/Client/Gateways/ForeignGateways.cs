using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Logs configured addresses that are not gateways of this worker's cluster: gateways of another cluster, other servers, and anything
/// that closes each connection at once. Orleans itself retries without a word.</summary>
/// <param name="clusterId">The cluster that this worker belongs to.</param>
/// <param name="usesTls">True if the worker uses TLS; then the TLS middleware logs closed connections.</param>
/// <param name="time">The clock for connection times and repeated log lines.</param>
/// <param name="logger">The log.</param>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed partial class ForeignGateways(string clusterId, bool usesTls, TimeProvider time, ILogger<ForeignGateways> logger)
{
    /// <summary>How many connections in a row must be closed at once before that is logged: a silo that is stopping may close one or two.</summary>
    public const int EndsInARow = 3;

    /// <summary>A connection that lasts less was closed at once. The port between silos sends the same greeting as the gateway, then closes.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    private readonly LogThrottle _throttle = new(time);
    private int _endsInARow;

    /// <summary>Reads the greeting of each connection. Register it after TLS.</summary>
    public void Watch(IConnectionBuilder connections) => GreetedConnection.Use(connections, async connection =>
    {
        var opened = time.GetTimestamp();
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            if (connection.Context.RemoteEndPoint is { } gateway)
            {
                Ended(gateway, connection.Greeting, time.GetElapsedTime(opened));
            }
        }
    });

    /// <summary>Judges a connection that has ended.</summary>
    /// <param name="gateway">The address.</param>
    /// <param name="greeting">Its greeting.</param>
    /// <param name="lasted">How long the connection was open.</param>
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
                // This side gave up before anything arrived.
                break;
        }
    }

    private bool ShouldLog(EndPoint gateway, string reason) => _throttle.ShouldLog(gateway.ToString()!, reason);

    [LoggerMessage(EventIds.ForeignGatewayOfAnotherCluster, LogLevel.Warning,
        "The gateway {Gateway} belongs to the cluster '{Theirs}', and this worker looks for the cluster '{Ours}'. Set CircuitBreakerClientOptions.ClusterId to '{Theirs}', or give the address of a silo of '{Ours}'")]
    private partial void LogForeign(EndPoint gateway, string theirs, string ours);

    [LoggerMessage(EventIds.ForeignGatewayStranger, LogLevel.Warning,
        "The server at {Gateway} is not an Orleans gateway. Use the silo's gateway port: Silo:GatewayPort, 30000 by default")]
    private partial void LogStranger(EndPoint gateway);

    [LoggerMessage(EventIds.ForeignGatewayEnds, LogLevel.Warning,
        "The server at {Gateway} accepts connections and closes each of them at once. It may be the port between silos (use Silo:GatewayPort, not Silo:SiloPort), it may require TLS (set CircuitBreakerClientOptions.Tls), it may belong to another cluster than '{Ours}', or it may be a proxy with no silo behind it")]
    private partial void LogEnds(EndPoint gateway, string ours);
}
