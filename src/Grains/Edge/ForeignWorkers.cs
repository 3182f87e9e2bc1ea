using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Session;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.Grains.Interfaces.Connections;

namespace TaskerCore.Orleans.Grains;

/// <summary>Workers that look for another cluster: the silo's log names them, and they get to know whose gateway this is. Orleans refuses them
/// without a word in the log, and ends the connection so fast that its own greeting, with the cluster's id, is mostly lost.</summary>
/// <param name="cluster">This silo's.</param>
/// <param name="time">Of the farewell's limit, and of what is logged again.</param>
/// <param name="logger">For those refused.</param>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed partial class ForeignWorkers(IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<ForeignWorkers> logger)
{
    /// <summary>How long the greeting may take to the worker before the connection is ended all the same.</summary>
    public static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly LogThrottle _throttle = new(time);

    /// <summary>Reads the greeting of each connection to the gateway. It must come after TLS.</summary>
    public void Watch(IConnectionBuilder connections)
    {
        var sessions = connections.ApplicationServices.GetRequiredService<SerializerSessionPool>();
        connections.Use(next => async connection =>
        {
            var transport = connection.Transport;
            var greeted = new GreetedTransport(transport, sessions);
            connection.Transport = greeted;
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            catch (InvalidOperationException) when (greeted.Greeting.ClusterId is { } theirs && theirs != cluster.Value.ClusterId)
            {
                Tell(connection, theirs);
                await SendAllAsync(connection).ConfigureAwait(false);
                throw;
            }
            finally
            {
                connection.Transport = transport;
            }
        });
    }

    /// <summary>Waits until what was written has gone out: nothing more will be.</summary>
    private async Task SendAllAsync(ConnectionContext connection)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        await Task.Delay(FarewellLimit, time, closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Tell(ConnectionContext connection, string theirs)
    {
        // A worker connects from another port each time.
        var worker = (connection.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "unknown";
        if (_throttle.ShouldLog(worker, theirs))
        {
            LogRefused(worker, theirs, cluster.Value.ClusterId);
        }
    }

    [LoggerMessage(203, LogLevel.Warning,
        "Refused a worker at {Worker}: it looks for the cluster '{Theirs}', and this silo is of the cluster '{Ours}'. Set CircuitBreakerClientOptions.ClusterId there to '{Ours}', or give it a gateway of '{Theirs}'")]
    private partial void LogRefused(string worker, string theirs, string ours);
}
