using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <summary>Queue names, measured and compared as Postgres and pgmq do it, on a real pgmq.</summary>
public sealed class QueueNameTests(PgmqServer server) : IClassFixture<PgmqServer>
{
    public static TheoryData<string> LongestNames =>
    [
        new string('q', 47),
        "a" + string.Concat(Enumerable.Repeat("\u00e9", 23)),          // 2 bytes each
        "ab" + string.Concat(Enumerable.Repeat("\u20ac", 15)),         // 3 bytes each
        "abc" + string.Concat(Enumerable.Repeat("\U0001f600", 11)),    // 4 bytes each, two UTF-16 units
    ];

    [Theory]
    [MemberData(nameof(LongestNames))]
    public async Task A_name_of_47_bytes_has_a_table_of_its_own_and_one_of_48_is_refused(string name)
    {
        var pgmq = server.Client();
        var other = "z" + name[1..];

        await pgmq.CreateAsync(name);
        await pgmq.CreateAsync(other);
        await pgmq.SendAsync(name, new { to = 1 });

        Assert.Empty(await pgmq.ReadAsync(other, TimeSpan.FromSeconds(1)));
        Assert.Single(await pgmq.ReadAsync(name, TimeSpan.FromSeconds(1)));
        await pgmq.ArchiveAsync(name, 1);
        await pgmq.EnableNotifyInsertAsync(name, TimeSpan.Zero);
        await pgmq.SendAsync(name, 1);
        await pgmq.CreateFifoIndexAsync(name);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => pgmq.CreateAsync(name + "x"));
        Assert.Contains("1-47 bytes in UTF-8 are allowed (it has 48)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0443\u0432\u0435\u0434\u043e\u043c\u043b\u0435\u043d\u0438\u044f-\u043a\u043b\u0438\u0435\u043d\u0442\u043e\u0432-\u043f\u043e-\u043f\u043e\u0447\u0442\u0435-1")]
    [InlineData("\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a")] // 46 bytes, 69 in lower case
    public async Task A_name_that_Postgres_would_cut_is_refused_by_every_operation_before_anything_is_sent(string name)
    {
        var pgmq = server.Client(database: "Host=127.0.0.1;Port=1", failureThreshold: 1);

        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.CreateAsync(name));
        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.SendAsync(name, 1));
        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.ReadAsync(name, TimeSpan.FromSeconds(1)));
        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.BindTopicAsync("a.*", name));
        await Assert.ThrowsAsync<ArgumentException>(() => pgmq.MetricsAsync(name));
        Assert.Equal(BreakerState.Closed, pgmq.BreakerOf().Snapshot.State);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_one_queue_with_one_breaker_and_a_second_one_is_not_created()
    {
        var pgmq = server.Client(options => options.Scope = PgmqBreakerScope.PerQueue);
        var name = $"Case{Guid.NewGuid():N}"[..20];
        await pgmq.CreateAsync(name);
        await pgmq.CreateAsync(name);

        foreach (var create in new Func<string, Task>[]
        {
            other => pgmq.CreateAsync(other), other => pgmq.CreateNonPartitionedAsync(other), other => pgmq.CreateUnloggedAsync(other), other => pgmq.DropQueueAsync(other),
        })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => create(name.ToUpperInvariant()));
            Assert.Contains("differs from", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(pgmq.BreakerOf(name).Component, pgmq.BreakerOf(name.ToUpperInvariant()).Component);
        Assert.Equal($"pgmq/{name.ToLowerInvariant()}", pgmq.BreakerOf(name).Component);
        Assert.True(await pgmq.DropQueueAsync(name));
        Assert.False(await pgmq.DropQueueAsync(name));
        await pgmq.CreateAsync(name.ToLowerInvariant());
    }

    [Fact]
    public async Task One_message_is_popped_of_a_pgmq_whose_pop_takes_no_quantity()
    {
        var database = await PostgresDatabase.CreateForTestAsync(withPgmq: true);
        await using var source = NpgsqlDataSource.Create(database);
        await using var older = source.CreateCommand(
            """
            ALTER FUNCTION pgmq.pop(text, integer) RENAME TO newer_pop;
            CREATE FUNCTION pgmq.pop(queue_name text) RETURNS SETOF pgmq.message_record LANGUAGE sql AS 'SELECT * FROM pgmq.newer_pop($1, 1)'
            """);
        await older.ExecuteNonQueryAsync();
        var pgmq = server.Client(database: database);
        await pgmq.CreateAsync("orders");
        await pgmq.SendBatchAsync("orders", [1, 2]);

        Assert.Equal("1", Assert.Single(await pgmq.PopAsync("orders")).Json);
        await Assert.ThrowsAsync<PgmqNotInstalledException>(() => pgmq.PopAsync("orders", 2));
    }
}
