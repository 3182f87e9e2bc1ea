using System.IO.Pipelines;
using Orleans.Serialization.Session;

namespace TaskerCore.Orleans.Grains.Interfaces.Connections;

/// <summary>A connection whose <see cref="Greeting"/> is read on its way to Orleans, which only ends a connection that it does not like. What
/// passes is not changed.</summary>
/// <remarks>Reads come one after another, as of any pipe; whoever awaits their end sees the greeting. After it a read costs one comparison.</remarks>
/// <param name="inner">Next to the wire; TLS is already off.</param>
/// <param name="sessions">Of Orleans' serializer.</param>
internal sealed class GreetedTransport(IDuplexPipe inner, SerializerSessionPool sessions) : IDuplexPipe
{
    private readonly GreetedReader _input = new(inner.Input, sessions);

    /// <summary>What has been told so far.</summary>
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
                // A reset.
                Greeting = new(GreetingKind.Ended);
                throw;
            }
        }

        private void LookAt(ReadResult result)
        {
            // Who reads has not consumed anything of a frame that is not whole yet.
            if (Greeting.Kind == GreetingKind.Awaited)
            {
                Greeting = Greeting.Read(result.Buffer, result.IsCompleted, sessions);
            }
        }
    }
}
