using System.IO.Pipelines;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Passes a connection's bytes unchanged, and measures for how long the peer has left them unanswered.</summary>
internal sealed class WatchedTransport : IDuplexPipe
{
    private readonly TimeProvider _time;
    private long _unansweredSince;

    public WatchedTransport(IDuplexPipe inner, TimeProvider time)
    {
        _time = time;
        Input = new WatchedReader(inner.Input, this);
        Output = new WatchedWriter(inner.Output, this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Time since the first write that no read has followed; zero if there is none.</summary>
    public TimeSpan Unanswered => Volatile.Read(ref _unansweredSince) is var since and not 0 ? _time.GetElapsedTime(since) : TimeSpan.Zero;

    private void Sent()
    {
        if (Volatile.Read(ref _unansweredSince) == 0)
        {
            Interlocked.CompareExchange(ref _unansweredSince, _time.GetTimestamp(), 0);
        }
    }

    private void Received() => Volatile.Write(ref _unansweredSince, 0);

    private sealed class WatchedReader(PipeReader inner, WatchedTransport transport) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        /// <summary>Called after each read: counting here allocates nothing.</summary>
        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            transport.Received();
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
    }

    private sealed class WatchedWriter(PipeWriter inner, WatchedTransport transport) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            transport.Sent();
            return inner.FlushAsync(cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            transport.Sent();
            return inner.WriteAsync(source, cancellationToken);
        }
    }
}
