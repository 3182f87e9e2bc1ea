using System.IO.Pipelines;
using Orleans.Serialization.Session;

namespace TaskerCore.Orleans.Grains.Interfaces.Connections;

/// <summary>Passes a connection's bytes to Orleans unchanged, and reads the <see cref="Greeting"/> among them: Orleans closes a connection that it
/// rejects without reporting why.</summary>
/// <remarks>After the greeting, a read costs one comparison more. Not safe for concurrent reads, like any pipe.</remarks>
/// <param name="inner">The connection, already decrypted.</param>
/// <param name="sessions">The sessions of Orleans' serializer.</param>
internal sealed class GreetedTransport(IDuplexPipe inner, SerializerSessionPool sessions) : IDuplexPipe
{
    private readonly GreetedReader _input = new(inner.Input, sessions);

    /// <summary>The greeting, as far as it has been received.</summary>
    public Greeting Greeting => _input.Greeting;

    public PipeReader Input => _input;

    public PipeWriter Output => inner.Output;

    private sealed class GreetedReader(PipeReader inner, SerializerSessionPool sessions) : PipeReader
    {
        public Greeting Greeting { get; private set; }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Greeting.Kind == GreetingKind.Awaited ? ReadGreetingAsync(cancellationToken) : inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result))
            {
                return false;
            }

            LookAt(result);
            return true;
        }

        private async ValueTask<ReadResult> ReadGreetingAsync(CancellationToken cancellationToken)
        {
            try
            {
                var result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
                LookAt(result);
                return result;
            }
            catch (IOException)
            {
                // The peer reset the connection.
                Greeting = new(GreetingKind.Ended);
                throw;
            }
        }

        private void LookAt(ReadResult result)
        {
            // Orleans consumes nothing of a frame before all of it is there.
            if (Greeting.Kind == GreetingKind.Awaited)
            {
                Greeting = Greeting.Read(result.Buffer, result.IsCompleted, sessions);
            }
        }
    }
}
