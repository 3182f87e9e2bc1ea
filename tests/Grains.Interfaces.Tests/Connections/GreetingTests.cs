using System.Buffers;
using System.Net;
using System.Text;
using CsCheck;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Connections;

/// <summary>The cluster's id is read from frames that Orleans itself wrote; whatever else comes is told apart, and nothing throws.</summary>
public sealed class GreetingTests : IDisposable
{
    private readonly OrleansFrames _frames = new();

    public void Dispose() => _frames.Dispose();

    [Fact]
    public void A_silos_greeting_names_its_cluster_whatever_its_address() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[16], Gen.Bool, Gen.Int[0, 65535], Gen.Int[0, 30], Gen.Int[0, int.MaxValue])
            .ForAll(1000, drawn =>
            {
                var (v4, v6, isV4, port, shift, generation) = drawn;
                var silo = SiloAddress.New(new IPAddress(isV4 ? v4 : v6), port, generation >> shift);

                Assert.Equal(new Greeting(GreetingKind.Cluster, "green"), Read(_frames.Of("green", silo)));
            });

    [Theory]
    [InlineData("blue")]
    [InlineData("")]
    [InlineData("Größe-生产-🟢")]
    public void A_workers_greeting_names_its_cluster(string clusterId) =>
        Assert.Equal(new Greeting(GreetingKind.Cluster, clusterId), Read(_frames.Of(clusterId)));

    [Fact]
    public void A_greeting_that_is_not_all_there_is_awaited_or_was_ended()
    {
        var frame = _frames.Of("green");
        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Equal(new Greeting(GreetingKind.Awaited), Read(frame[..length]));
            Assert.Equal(new Greeting(GreetingKind.Ended), Read(frame[..length], isEnded: true));
        }

        Assert.Equal("green", Read(frame, isEnded: true).ClusterId);
        Assert.Equal("green", Read([.. frame, 1, 2, 3]).ClusterId);
    }

    [Fact]
    public void A_greeting_in_pieces_is_read_as_one()
    {
        var frame = _frames.Of("green");
        for (var cut = 1; cut < frame.Length; cut++)
        {
            var first = new Piece(frame.AsMemory(0, cut));
            var last = first.Append(frame.AsMemory(cut));

            Assert.Equal("green", Greeting.Read(new ReadOnlySequence<byte>(first, 0, last, frame.Length - cut), false, _frames.Sessions).ClusterId);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0046")]
    public void Whoever_speaks_something_else_is_a_stranger(string said) =>
        Assert.Equal(new Greeting(GreetingKind.Stranger), Read(Encoding.Latin1.GetBytes(said)));

    [Fact]
    public void Mutated_bytes_are_a_greeting_of_some_kind() =>
        Gen.Select(Gen.Int[4, 80], Gen.Byte, Gen.Int[4, 80], Gen.Byte).ForAll(3000, drawn =>
        {
            var frame = _frames.Of("green");
            frame[drawn.Item1 % frame.Length] = drawn.Item2;
            frame[drawn.Item3 % frame.Length] = drawn.Item4;

            var greeting = Read(frame, isEnded: true);

            Assert.Equal(greeting.Kind == GreetingKind.Cluster, greeting.ClusterId is not null);
        });

    private Greeting Read(byte[] received, bool isEnded = false) => Greeting.Read(new ReadOnlySequence<byte>(received), isEnded, _frames.Sessions);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long at = 0) => (Memory, RunningIndex) = (memory, at);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
