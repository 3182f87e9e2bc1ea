using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Postgres;

namespace TaskerCore.Orleans.Silo.Tests.Postgres;

/// <summary>What is known of Postgres without asking it.</summary>
public sealed class PostgresWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_tells_whether_Postgres_answered_when_it_was_last_asked_and_goes_on_asking()
    {
        var database = new NpgsqlConnectionStringBuilder(await PostgresDatabase.CreateForTestAsync());
        await using var path = new TcpProxy(database.Port);
        database.Port = path.Port;
        await using var source = PostgresOptions.Open(database.ConnectionString, NullLoggerFactory.Instance);
        var time = new FakeTimeProvider();
        using var watch = new PostgresWatch(source, time, NullLogger<PostgresWatch>.Instance);
        Assert.Null(watch.Last);

        await watch.StartAsync(CancellationToken.None);
        await UntilAsync(isThere: true);
        path.Cut();
        await UntilAsync(isThere: false);
        Assert.StartsWith("Postgres ", watch.Last!.Fault, StringComparison.Ordinal);
        path.Restore();
        await UntilAsync(isThere: true);
        await watch.StopAsync(CancellationToken.None);
        Assert.True(watch.ExecuteTask!.IsCanceled);

        Task UntilAsync(bool isThere) => Waiting.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return Task.FromResult(watch.Last is { } last && last.Fault is null == isThere);
            },
            () => $"{watch.Last}",
            Limit);
    }
}
