using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Edge;

/// <summary>Logs workers that look for another cluster, and lets them read this cluster's id. Orleans rejects such a worker without logging it,
/// and closes the connection before its own greeting, which carries the id, has been sent.</summary>
/// <param name="cluster">The cluster that this silo belongs to.</param>
/// <param name="time">The clock for <see cref="SendLimit"/> and repeated log lines.</param>
/// <param name="logger">The log.</param>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed partial class ForeignWorkers(IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<ForeignWorkers> logger)
{
    /// <summary>How long a rejected connection stays open for what was written to be sent.</summary>
    public static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(1);

    private readonly LogThrottle _throttle = new(time);

    /// <summary>Reads the greeting of each connection to the gateway. Register it after TLS.</summary>
    public void Watch(IConnectionBuilder connections) => GreetedConnection.Use(connections, async connection =>
    {
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (connection.Greeting.ClusterId is { } theirs && theirs != cluster.Value.ClusterId)
        {
            LogOnce(connection.Context, theirs);
            await SendAllAsync(connection.Context).ConfigureAwait(false);
            throw;
        }
    });

    /// <summary>Completes the output, and waits until it has been sent and the connection is closed.</summary>
    private async Task SendAllAsync(ConnectionContext connection)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        await Task.Delay(SendLimit, time, closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void LogOnce(ConnectionContext connection, string theirs)
    {
        // A worker connects from another port each time.
        var worker = (connection.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "unknown";
        if (_throttle.ShouldLog(worker, theirs))
        {
            LogRejected(worker, theirs, cluster.Value.ClusterId);
        }
    }

    [LoggerMessage(EventIds.ForeignWorkerRejected, LogLevel.Warning,
        "Rejected a worker at {Worker}: it is configured for the cluster '{Theirs}', but this silo belongs to the cluster '{Ours}'. Set CircuitBreakerClientOptions.ClusterId to '{Ours}' in the worker, or give it a gateway of '{Theirs}'")]
    private partial void LogRejected(string worker, string theirs, string ours);
}
