using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Which gateways leave what is said to them unanswered. It stands between Orleans and each connection, and looks only at when
/// bytes go and come: a process that is frozen keeps its connections, and nothing else tells which of several hangs.</summary>
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
        _connections[watched] = Plain(gateway);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(watched, out _);
        }
    });

    /// <summary>Whether something was said to the gateway and nothing has come from it since, for as long as <paramref name="limit"/>.</summary>
    public bool IsSilent(Uri gateway, TimeSpan limit) =>
        IPAddress.TryParse(gateway.DnsSafeHost, out var address)
        && IsSilent(Plain(new IPEndPoint(address, gateway.Port)), limit);

    /// <summary>Whether a connection to the gateway is open that has left nothing unanswered for as long as <paramref name="limit"/>.</summary>
    public bool Answers(Uri gateway, TimeSpan limit) =>
        IPAddress.TryParse(gateway.DnsSafeHost, out var address)
        && Plain(new IPEndPoint(address, gateway.Port)) is var endPoint
        && _connections.Any(connection => connection.Value.Equals(endPoint) && connection.Key.Unanswered < limit);

    private bool IsSilent(IPEndPoint gateway, TimeSpan limit) =>
        _connections.Any(connection => connection.Value.Equals(gateway) && connection.Key.Unanswered >= limit);

    /// <summary>A socket for both families shows an IPv4 address as an IPv6 one.</summary>
    private static IPEndPoint Plain(IPEndPoint address) =>
        address.Address.IsIPv4MappedToIPv6 ? new(address.Address.MapToIPv4(), address.Port) : address;

    private sealed class WatchedTransport : IDuplexPipe
    {
        private readonly TimeProvider _time;
        private long _saidAt;

        public WatchedTransport(IDuplexPipe inner, TimeProvider time)
        {
            _time = time;
            Input = new HearingReader(inner.Input, this);
            Output = new SayingWriter(inner.Output, this);
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }

        /// <summary>For how long that has been unanswered which was said first since something came; zero when nothing was.</summary>
        public TimeSpan Unanswered => Volatile.Read(ref _saidAt) is var saidAt and not 0 ? _time.GetElapsedTime(saidAt) : TimeSpan.Zero;

        public void Said()
        {
            if (Volatile.Read(ref _saidAt) == 0)
            {
                Interlocked.CompareExchange(ref _saidAt, _time.GetTimestamp(), 0);
            }
        }

        public void Heard() => Volatile.Write(ref _saidAt, 0);
    }

    private sealed class HearingReader(PipeReader inner, WatchedTransport transport) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        /// <summary>Whoever has read says here how far: after each read, and it allocates nothing.</summary>
        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            transport.Heard();
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
    }

    private sealed class SayingWriter(PipeWriter inner, WatchedTransport transport) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            transport.Said();
            return inner.FlushAsync(cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            transport.Said();
            return inner.WriteAsync(source, cancellationToken);
        }
    }
}
