using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization.Session;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>Finds gateways of another cluster: each gateway sends its cluster's id in the first frame of a connection. Orleans itself only ends
/// the connection, and tries again.</summary>
/// <remarks>Safe for any number of threads. After the first frame it costs a read one comparison.</remarks>
internal sealed partial class ForeignClusters(string clusterId, ILogger<ForeignClusters> logger)
{
    private readonly ConcurrentDictionary<EndPoint, string> _reported = new();

    /// <summary>Looks at the first frame of each connection. It must come after TLS.</summary>
    public void Watch(IConnectionBuilder connections)
    {
        var sessions = connections.ApplicationServices.GetRequiredService<SerializerSessionPool>();
        connections.Use(next => async connection =>
        {
            var transport = connection.Transport;
            connection.Transport = new Peeked(new PeekingReader(transport.Input, received => Look(connection.RemoteEndPoint, received, sessions)), transport.Output);
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                connection.Transport = transport;
            }
        });
    }

    private void Look(EndPoint? gateway, ReadOnlySequence<byte> frame, SerializerSessionPool sessions)
    {
        try
        {
            if (gateway is null || PreambleReader.ClusterIdOf(frame, sessions) is not { } theirs)
            {
                return;
            }

            if (theirs == clusterId)
            {
                _reported.TryRemove(gateway, out _);
            }
            else if (!_reported.TryGetValue(gateway, out var said) || said != theirs)
            {
                _reported[gateway] = theirs;
                LogForeign(gateway, theirs, clusterId);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Orleans reads the same bytes next, and decides what to do with the connection.
            LogNotRead(gateway, exception);
        }
    }

    private sealed record Peeked(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class PeekingReader(PipeReader inner, Action<ReadOnlySequence<byte>> look) : PipeReader
    {
        private bool _hasLooked;

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            _hasLooked ? inner.ReadAsync(cancellationToken) : ReadFirstAsync(cancellationToken);

        public override bool TryRead(out ReadResult result)
        {
            var read = inner.TryRead(out result);
            if (read)
            {
                LookAt(result);
            }

            return read;
        }

        private async ValueTask<ReadResult> ReadFirstAsync(CancellationToken cancellationToken)
        {
            var result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            LookAt(result);
            return result;
        }

        private void LookAt(ReadResult result)
        {
            if (!_hasLooked && PreambleReader.IsComplete(result.Buffer))
            {
                _hasLooked = true;
                look(result.Buffer);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "The gateway {Gateway} belongs to the cluster '{Theirs}', and this worker looks for the cluster '{Ours}'. Set CircuitBreakerClientOptions.ClusterId to '{Theirs}', or give the address of a silo of '{Ours}'")]
    private partial void LogForeign(EndPoint gateway, string theirs, string ours);

    [LoggerMessage(2, LogLevel.Debug, "The first frame of the gateway {Gateway} was not read")]
    private partial void LogNotRead(EndPoint? gateway, Exception exception);
}
