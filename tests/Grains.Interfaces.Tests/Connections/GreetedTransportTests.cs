using System.Buffers;
using System.IO.Pipelines;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Connections;

public sealed class GreetedTransportTests : IDisposable
{
    private readonly OrleansFrames _frames = new();
    private readonly Pipe _in = new();
    private readonly Pipe _out = new();
    private readonly GreetedTransport _transport;

    public GreetedTransportTests() => _transport = new GreetedTransport(new Ends(_in.Reader, _out.Writer), _frames.Sessions);

    public void Dispose() => _frames.Dispose();

    [Fact]
    public async Task What_comes_passes_unchanged_and_the_greeting_is_known_once_it_is_whole()
    {
        var frame = _frames.Of("green");

        // As Orleans reads it: the length first, and nothing is consumed before all is there.
        foreach (var part in (byte[][])[frame[..3], frame[3..20]])
        {
            await _in.Writer.WriteAsync(part, TestContext.Current.CancellationToken);
            var read = await _transport.Input.ReadAsync(TestContext.Current.CancellationToken);
            _transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            Assert.Equal(GreetingKind.Awaited, _transport.Greeting.Kind);
        }

        await _in.Writer.WriteAsync((byte[])[.. frame[20..], 7, 8], TestContext.Current.CancellationToken);
        var whole = await _transport.Input.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new Greeting(GreetingKind.Cluster, "green"), _transport.Greeting);
        Assert.Equal([.. frame, 7, 8], whole.Buffer.ToArray());
        _transport.Input.AdvanceTo(whole.Buffer.GetPosition(frame.Length));
        Assert.True(_transport.Input.TryRead(out var rest));
        Assert.Equal([7, 8], rest.Buffer.ToArray());
        await _transport.Output.WriteAsync(new byte[] { 9 }, TestContext.Current.CancellationToken);
        Assert.Equal([9], (await _out.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer.ToArray());
    }

    [Fact]
    public async Task It_is_known_of_a_read_that_does_not_wait()
    {
        Assert.False(_transport.Input.TryRead(out _));
        await _in.Writer.WriteAsync(_frames.Of("green"), TestContext.Current.CancellationToken);

        Assert.True(_transport.Input.TryRead(out _));

        Assert.Equal("green", _transport.Greeting.ClusterId);
    }

    [Fact]
    public async Task A_connection_that_is_ended_or_reset_before_it_was_ended_from_there()
    {
        await _in.Writer.CompleteAsync();
        await _transport.Input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(GreetingKind.Ended, _transport.Greeting.Kind);

        var reset = new Pipe();
        await reset.Writer.CompleteAsync(new IOException("reset by peer"));
        var transport = new GreetedTransport(new Ends(reset.Reader, _out.Writer), _frames.Sessions);
        await Assert.ThrowsAsync<IOException>(async () => await transport.Input.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(GreetingKind.Ended, transport.Greeting.Kind);
    }

    [Fact]
    public async Task A_read_that_this_side_gives_up_tells_nothing()
    {
        var read = _transport.Input.ReadAsync(TestContext.Current.CancellationToken);
        _transport.Input.CancelPendingRead();

        Assert.True((await read).IsCanceled);
        Assert.Equal(GreetingKind.Awaited, _transport.Greeting.Kind);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
