using System.Buffers;
using System.Net.Sockets;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.Silo.Tests.Api;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

/// <summary>A worker that looks for another cluster gets to know, each time, whose gateway it has found.</summary>
public sealed class ForeignWorkersTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>
{
    [Fact]
    public async Task Each_connection_of_a_worker_of_another_cluster_gets_the_whole_greeting_before_it_is_ended()
    {
        using var frames = new OrleansFrames();
        for (var time = 0; time < 50; time++)
        {
            var received = await SayAsync(frames.Of("blue"));

            Assert.Equal(new Greeting(GreetingKind.Cluster, "taskercore"), Greeting.Read(new ReadOnlySequence<byte>(received), isEnded: true, frames.Sessions));
        }
    }

    /// <summary>What comes until the connection is ended from there.</summary>
    private async Task<byte[]> SayAsync(byte[] frame)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using var socket = new TcpClient();
        await socket.ConnectAsync(silo.Address.Host, silo.GatewayPort, limit.Token);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(frame, limit.Token);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, limit.Token);
        return received.ToArray();
    }
}
