using Npgsql;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <summary>The pgmq client takes breakers of any manager.</summary>
public sealed class ForeignBreakerPgmqTests
{
    [Fact]
    public async Task It_asks_and_settles_them()
    {
        var fakes = new FakeManager();
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=5;Pooling=false");
        var pgmq = new ProtectedPgmqClient(source, fakes);

        await Assert.ThrowsAsync<NpgsqlException>(() => pgmq.PurgeQueueAsync("orders"));
        fakes.Fake("pgmq").IsOpen = true;
        await Assert.ThrowsAsync<CircuitOpenException>(() => pgmq.PurgeQueueAsync("orders"));

        Assert.Equal([OutcomeKind.Failure], fakes.Fake("pgmq").Ended);
    }
}
