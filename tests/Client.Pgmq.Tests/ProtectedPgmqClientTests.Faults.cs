using Microsoft.Extensions.Options;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <content>What counts against the breaker, and what is the caller's mistake.</content>
public sealed partial class ProtectedPgmqClientTests
{
    [Fact]
    public async Task S11_a_queue_that_is_not_there_is_the_callers_mistake()
    {
        var pgmq = server.Client(failureThreshold: 1);

        for (var call = 0; call < 5; call++)
        {
            var error = await Assert.ThrowsAsync<PgmqQueueNotFoundException>(() => pgmq.SendAsync("nowhere", 1));
            Assert.True(PgmqErrors.IsMissingQueue(error));
            Assert.Equal("nowhere", error.Queue);
            Assert.Contains("CreateAsync(\"nowhere\")", error.Message, StringComparison.Ordinal);
            Assert.Equal("42P01", Assert.IsType<PostgresException>(error.InnerException).SqlState);
            await Assert.ThrowsAsync<PgmqQueueNotFoundException>(() => pgmq.EnableNotifyInsertAsync("nowhere"));
        }

        Assert.Equal(BreakerState.Closed, pgmq.BreakerOf().Snapshot.State);
    }

    [Fact]
    public async Task S11_a_database_without_pgmq_is_the_callers_mistake()
    {
        var pgmq = server.Client(database: await LocalEnvironment.PostgresDatabase.CreateForTestAsync(), failureThreshold: 1);

        for (var call = 0; call < 3; call++)
        {
            var error = await Assert.ThrowsAsync<PgmqNotInstalledException>(() => pgmq.SendAsync("orders", 1));
            Assert.Contains("CREATE EXTENSION pgmq", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(BreakerState.Closed, pgmq.BreakerOf().Snapshot.State);
    }

    [Fact]
    public async Task S11_a_poll_interval_that_no_statement_can_wait_for_is_refused_before_anything_is_sent() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => server.Client().ReadWithPollAsync("q", TimeSpan.FromSeconds(1), maxPoll: TimeSpan.FromSeconds(1), pollInterval: TimeSpan.FromDays(100)));

    [Theory]
    [InlineData("x; DROP TABLE pgmq.meta; --")]
    [InlineData("x'y")]
    [InlineData("x$y")]
    [InlineData("x--y")]
    [InlineData("")]
    [InlineData("a-name-that-is-longer-than-forty-seven-characters")]
    public async Task A_name_that_is_no_queues_is_refused_before_anything_is_sent(string queue)
    {
        var pgmq = server.Client(database: "Host=127.0.0.1;Port=1;Username=nobody");

        await Assert.ThrowsAnyAsync<ArgumentException>(() => pgmq.SendAsync(queue, 1));
    }

    [Theory]
    [InlineData("'); DROP TABLE pgmq.meta; --")]
    [InlineData("\" OR 1=1 \\ ' \u2028 \ud83d\udc4d")]
    public async Task A_value_is_never_part_of_the_statement(string hostile)
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);

        await pgmq.SendAsync(queue, hostile, new Dictionary<string, string> { [hostile] = hostile });
        await Assert.ThrowsAsync<PostgresException>(() => pgmq.ReadAsync(queue, Second, conditional: hostile));
        await Assert.ThrowsAsync<PostgresException>(() => pgmq.BindTopicAsync(hostile, queue));

        Assert.Equal(hostile, Assert.Single(await pgmq.ReadAsync(queue, Second)).Read<string>());
        Assert.Equal(1, await server.CountAsync("SELECT count(*) FROM pgmq.meta WHERE queue_name = $1", queue));
    }

    [Fact]
    public async Task Arguments_are_checked_with_a_clear_error()
    {
        var pgmq = server.Client();

        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.SendBatchAsync("q", Array.Empty<int>()));
        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.SendBatchAsync("q", [1, 2], [new Dictionary<string, string>()]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pgmq.ReadAsync("q", Second, quantity: 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pgmq.ReadAsync("q", TimeSpan.FromSeconds(-1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => pgmq.SendAsync("q", 1, delay: TimeSpan.MaxValue));
        Assert.Throws<OptionsValidationException>(() => server.Client(options => options.CommandTimeout = TimeSpan.Zero));
        Assert.Throws<OptionsValidationException>(() => server.Client(options => options.ConflictTries = 0));
    }

    [Fact]
    public async Task S11_cancelling_a_polling_read_ends_it_and_counts_neither_way()
    {
        var pgmq = server.Client(failureThreshold: 1);
        var queue = await PgmqServer.QueueAsync(pgmq);
        using var cancel = new CancellationTokenSource();
        var waiting = pgmq.ReadWithPollAsync(queue, Second, maxPoll: TimeSpan.FromMinutes(5), cancellationToken: cancel.Token);
        await Until.TrueAsync(
            async () => await server.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%read_with_poll%' AND state = 'active' AND pid <> pg_backend_pid()") == 1);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(BreakerState.Closed, pgmq.BreakerOf().Snapshot.State);
        await pgmq.SendAsync(queue, "still there");
    }

    [Fact]
    public async Task S11_a_statement_that_takes_too_long_is_a_failure()
    {
        var pgmq = server.Client(options => options.CommandTimeout = Second, failureThreshold: 1);
        var queue = await PgmqServer.QueueAsync(pgmq);
        await using var source = NpgsqlDataSource.Create(server.Database);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var blocking = new NpgsqlCommand($"LOCK TABLE pgmq.q_{queue} IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await blocking.ExecuteNonQueryAsync();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => pgmq.SendAsync(queue, 1));

        Assert.Equal(BreakerState.Open, pgmq.BreakerOf().Snapshot.State);
    }

    [Fact]
    public async Task S2_a_server_that_cannot_be_reached_opens_the_circuit_and_nothing_is_sent_then()
    {
        await using var proxy = new TcpProxy(new NpgsqlConnectionStringBuilder(server.Database).Port);
        var pgmq = server.Client(database: new NpgsqlConnectionStringBuilder(server.Database) { Port = proxy.Port }.ConnectionString);
        var queue = await PgmqServer.QueueAsync(pgmq);
        proxy.Cut();

        for (var call = 0; call < 3; call++)
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => pgmq.SendAsync(queue, call));
        }

        var rejection = await Assert.ThrowsAsync<CircuitOpenException>(() => pgmq.SendAsync(queue, 4));
        Assert.Equal(("pgmq", BreakerState.Open), (rejection.Component, rejection.State));
        Assert.InRange(rejection.RetryAfter!.Value.TotalSeconds, 1, 15);
    }

    [Fact]
    public async Task S15_with_a_breaker_per_queue_one_queue_does_not_reject_for_another()
    {
        await using var proxy = new TcpProxy(new NpgsqlConnectionStringBuilder(server.Database).Port);
        var pgmq = server.Client(
            options => options.Scope = PgmqBreakerScope.PerQueue,
            new NpgsqlConnectionStringBuilder(server.Database) { Port = proxy.Port }.ConnectionString);
        proxy.Cut();
        for (var call = 0; call < 3; call++)
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => pgmq.SendAsync("one", call));
        }

        Assert.Equal("pgmq/one", (await Assert.ThrowsAsync<CircuitOpenException>(() => pgmq.SendAsync("one", 1))).Component);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => pgmq.SendAsync("two", 1));
        Assert.Equal("pgmq", pgmq.BreakerOf().Component);
        Assert.Equal("pgmq", pgmq.BreakerOf("has a blank").Component);
    }
}
