using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using TaskerCore.Orleans.Grains.Interfaces.Connections;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Connections;

public sealed class GreetedConnectionTests : IDisposable
{
    private readonly OrleansFrames _frames = new();
    private readonly Pipe _in = new();
    private readonly Pipe _out = new();

    public void Dispose() => _frames.Dispose();

    [Fact]
    public async Task Its_greeting_is_known_while_it_runs_and_after_it_has_ended()
    {
        await _in.Writer.WriteAsync(_frames.Of("green"), TestContext.Current.CancellationToken);
        List<GreetingKind> kinds = [];

        await RunAsync(
            async connection =>
            {
                kinds.Add(connection.Greeting.Kind);
                await connection.RunAsync();
                kinds.Add(connection.Greeting.Kind);
            },
            async context => await context.Transport.Input.ReadAsync(TestContext.Current.CancellationToken));

        Assert.Equal([GreetingKind.Awaited, GreetingKind.Cluster], kinds);
    }

    [Fact]
    public async Task Its_transport_is_put_back_also_when_it_fails_and_the_failure_is_handed_on()
    {
        var failure = new IOException("reset");

        var thrown = await Assert.ThrowsAsync<IOException>(() => RunAsync(connection => connection.RunAsync(), _ => throw failure));

        Assert.Same(failure, thrown);
    }

    /// <summary>Runs a connection as Orleans does.</summary>
    private async Task RunAsync(Func<GreetedConnection, Task> handle, ConnectionDelegate orleans)
    {
        await using var services = new ServiceCollection().AddSingleton(_frames.Sessions).BuildServiceProvider();
        var connections = new ConnectionBuilder(services);
        GreetedConnection.Use(connections, handle);
        var transport = new Ends(_in.Reader, _out.Writer);
        await using var context = new DefaultConnectionContext("test", transport, transport);
        try
        {
            await connections.Run(connection =>
            {
                Assert.NotSame(transport, connection.Transport);
                return orleans(connection);
            }).Build()(context);
        }
        finally
        {
            Assert.Same(transport, context.Transport);
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
