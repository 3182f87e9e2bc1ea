using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Gateways;

namespace TaskerCore.Orleans.Client.Tests.Gateways;

/// <summary>C8: which gateway hangs is told by what it leaves unanswered.</summary>
public sealed class GatewayWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);
    private static readonly Uri Gateway = new("gwy.tcp://10.0.0.1:30000/0");
    private readonly FakeTimeProvider _time = new();
    private readonly GatewayWatch _watch;

    public GatewayWatchTests() => _watch = new GatewayWatch(_time);

    [Fact]
    public async Task C8_a_gateway_is_silent_that_leaves_what_was_said_unanswered_for_as_long_as_the_limit()
    {
        await using var connection = new Connected(_watch, "10.0.0.1", 30000);
        _time.Advance(Limit);
        Assert.False(_watch.IsSilent(Gateway, Limit));

        await connection.SendAsync();
        _time.Advance(Limit - TimeSpan.FromTicks(1));
        Assert.False(_watch.IsSilent(Gateway, Limit));
        await connection.SendAsync();
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(_watch.IsSilent(Gateway, Limit));
        Assert.False(_watch.IsSilent(new("gwy.tcp://10.0.0.1:30001/0"), Limit));
        Assert.False(_watch.IsSilent(new("gwy.tcp://10.0.0.2:30000/0"), Limit));
    }

    [Fact]
    public async Task C8_whatever_comes_from_it_ends_its_silence()
    {
        await using var connection = new Connected(_watch, "10.0.0.1", 30000);
        await connection.SendAsync();
        _time.Advance(Limit);

        await connection.ReceiveAsync();
        Assert.False(_watch.IsSilent(Gateway, Limit));

        await connection.SendAsync();
        _time.Advance(Limit);
        Assert.True(_watch.IsSilent(Gateway, Limit));
    }

    [Fact]
    public async Task C8_a_connection_that_has_ended_says_nothing()
    {
        await using (var connection = new Connected(_watch, "10.0.0.1", 30000))
        {
            await connection.SendAsync();
            _time.Advance(Limit);
        }

        Assert.False(_watch.IsSilent(Gateway, Limit));
    }

    [Fact]
    public async Task C8_a_socket_for_both_families_is_the_same_gateway()
    {
        await using var connection = new Connected(_watch, "::ffff:10.0.0.1", 30000);
        await connection.SendAsync();
        _time.Advance(Limit);

        Assert.True(_watch.IsSilent(Gateway, Limit));
    }

    [Fact]
    public async Task What_passes_is_not_changed()
    {
        await using var connection = new Connected(_watch, "10.0.0.1", 30000);

        Assert.Equal([1, 2, 3], await connection.SendAsync());
        Assert.Equal([4, 5], await connection.ReceiveAsync());
    }

    /// <summary>A connection as Orleans runs it, and the far end of it.</summary>
    private sealed class Connected : IAsyncDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
        private readonly TaskCompletionSource _end = new();
        private readonly Pipe _out = new();
        private readonly Pipe _in = new();
        private readonly DefaultConnectionContext _context;
        private readonly Task _run;

        public Connected(GatewayWatch watch, string address, int port)
        {
            _context = new DefaultConnectionContext("test", new Ends(_in.Reader, _out.Writer), new Ends(_out.Reader, _in.Writer))
            {
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), port),
            };
            var builder = new ConnectionBuilder(_services);
            watch.Watch(builder);
            _run = builder.Run(_ => _end.Task).Build()(_context);
        }

        /// <summary>What the far end reads.</summary>
        public async Task<byte[]> SendAsync()
        {
            _context.Transport.Output.Write((byte[])[1, 2]);
            var last = _context.Transport.Output.GetSpan(1);
            last[0] = 3;
            _context.Transport.Output.Advance(1);
            await _context.Transport.Output.FlushAsync(TestContext.Current.CancellationToken);
            return await ReadAsync(_out.Reader);
        }

        /// <summary>What the worker reads.</summary>
        public async Task<byte[]> ReceiveAsync()
        {
            await _in.Writer.WriteAsync(new byte[] { 4, 5 }, TestContext.Current.CancellationToken);
            return await ReadAsync(_context.Transport.Input);
        }

        public async ValueTask DisposeAsync()
        {
            _end.SetResult();
            await _run;
            await _context.DisposeAsync();
            await _services.DisposeAsync();
        }

        private static async Task<byte[]> ReadAsync(PipeReader reader)
        {
            var result = await reader.ReadAsync(TestContext.Current.CancellationToken);
            byte[] bytes = [.. result.Buffer.ToArray()];
            reader.AdvanceTo(result.Buffer.End);
            return bytes;
        }

        private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
