using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Client.Pgmq.Tests;

/// <summary>Every operation on a real pgmq.</summary>
public sealed partial class ProtectedPgmqClientTests(PgmqServer server) : IClassFixture<PgmqServer>
{
    internal sealed record Order(int Id, string Item);

    [JsonSerializable(typeof(Order))]
    internal sealed partial class OrderJson : JsonSerializerContext;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);


    [Fact]
    public async Task A_typed_message_with_headers_comes_back_as_it_was_sent()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);

        var id = await pgmq.SendAsync(queue, new Order(7, "tea"), new Dictionary<string, string> { ["trace"] = "abc" });
        var read = Assert.Single(await pgmq.ReadAsync(queue, TimeSpan.FromSeconds(30)));

        Assert.Equal(id, read.MsgId);
        Assert.Equal(1, read.ReadCount);
        Assert.Equal(new Order(7, "tea"), read.Read<Order>());
        Assert.Equal("abc", JsonDocument.Parse(read.HeadersJson!).RootElement.GetProperty("trace").GetString());
        Assert.True(read.VisibleAt > read.EnqueuedAt);
        Assert.NotNull(read.LastReadAt);
        Assert.Empty(await pgmq.ReadAsync(queue, Second));
    }

    [Fact]
    public async Task Messages_are_written_and_read_without_reflection()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        var type = OrderJson.Default.Order;

        await pgmq.SendAsync(queue, new Order(1, "tea"), type, new Dictionary<string, string> { ["trace"] = "abc" });
        await pgmq.SendAsync(queue, new Order(2, "tea"), type, TimeProvider.System.GetUtcNow());
        await pgmq.SendBatchAsync(queue, [new Order(3, "tea"), new Order(4, "tea")], type);
        await pgmq.SendBatchAsync(queue, [new Order(5, "tea")], type, TimeProvider.System.GetUtcNow());
        var read = await pgmq.ReadAsync(queue, Second, quantity: 10);

        Assert.Equal([1, 2, 3, 4, 5], read.Select(message => message.Read(type)!.Id));
        Assert.Equal("""{"trace": "abc"}""", read[0].HeadersJson);
    }

    [Fact]
    public async Task A_message_is_read_as_its_client_writes()
    {
        var pgmq = server.Client(options => options.Json = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper });
        var queue = await PgmqServer.QueueAsync(pgmq);

        await pgmq.SendAsync(queue, new Order(7, "tea"));
        var read = Assert.Single(await pgmq.ReadAsync(queue, Second));

        Assert.Equal("""{"ID": 7, "ITEM": "tea"}""", read.Json);
        Assert.Equal(new Order(7, "tea"), read.Read<Order>());

        // The same message, whoever read it.
        var made = new PgmqMessage
        {
            MsgId = read.MsgId, ReadCount = 1, EnqueuedAt = read.EnqueuedAt, LastReadAt = read.LastReadAt, VisibleAt = read.VisibleAt, Json = read.Json,
        };
        Assert.Equal(made, read);
        Assert.Equal(made.GetHashCode(), read.GetHashCode());
        Assert.NotEqual(made with { Json = "1" }, read);
    }

    [Fact]
    public async Task A_pgmq_that_does_not_tell_when_a_message_was_read_last_is_read_all_the_same()
    {
        var database = await PostgresDatabase.CreateForTestAsync();
        await using var source = NpgsqlDataSource.Create(database);
        await using var old = source.CreateCommand("""
            CREATE SCHEMA pgmq;
            CREATE FUNCTION pgmq.read(queue_name text, hidden integer, qty integer, conditional jsonb)
                RETURNS TABLE (msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb)
                LANGUAGE sql AS $$ SELECT 1::bigint, 1, now(), now(), '"tea"'::jsonb, NULL::jsonb $$;
            """);
        await old.ExecuteNonQueryAsync();

        var read = Assert.Single(await server.Client(database: database).ReadAsync("orders", Second));

        Assert.Equal(("tea", null), (read.Read<string>(), read.LastReadAt));
    }

    [Fact]
    public async Task A_delayed_message_is_not_visible_yet()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);

        await pgmq.SendAsync(queue, 1, delay: TimeSpan.FromHours(1));
        await pgmq.SendAsync(queue, 2, TimeProvider.System.GetUtcNow().AddHours(1));
        await pgmq.SendBatchAsync(queue, [3, 4], delay: TimeSpan.FromHours(1));

        Assert.Empty(await pgmq.ReadAsync(queue, Second, quantity: 10));
        var metrics = await pgmq.MetricsAsync(queue);
        Assert.Equal((queue, 4L, 0L, 4L), (metrics.QueueName, metrics.QueueLength, metrics.VisibleLength, metrics.TotalMessages));
    }

    [Fact]
    public async Task A_batch_keeps_its_order_and_its_headers()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        var headers = Enumerable.Range(0, 3).Select(index => new Dictionary<string, string> { ["n"] = $"{index}" }).ToArray();

        var ids = await pgmq.SendBatchAsync(queue, ["a", "b", "c"], headers);
        var read = await pgmq.ReadAsync(queue, Second, quantity: 10);

        Assert.Equal(ids, read.Select(message => message.MsgId));
        Assert.Equal(["a", "b", "c"], read.Select(message => message.Read<string>()));
        Assert.Equal(["0", "1", "2"], read.Select(message => JsonDocument.Parse(message.HeadersJson!).RootElement.GetProperty("n").GetString()));
    }

    [Fact]
    public async Task A_conditional_read_takes_only_what_matches()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        await pgmq.SendBatchAsync(queue, [new Order(1, "tea"), new Order(2, "milk")]);

        var read = await pgmq.ReadAsync(queue, Second, quantity: 10, conditional: """{"item":"milk"}""");

        Assert.Equal(2, Assert.Single(read).Read<Order>()!.Id);
    }

    [Fact]
    public async Task A_polling_read_waits_for_the_message_and_ends_when_none_comes()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        var waiting = pgmq.ReadWithPollAsync(queue, TimeSpan.FromSeconds(60), maxPoll: TimeSpan.FromSeconds(20), pollInterval: TimeSpan.FromMilliseconds(10));

        await pgmq.SendAsync(queue, "late");

        Assert.Equal("late", Assert.Single(await waiting).Read<string>());
        Assert.Empty(await pgmq.ReadWithPollAsync(queue, Second, maxPoll: Second, pollInterval: TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public async Task Pop_takes_and_deletes()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        await pgmq.SendBatchAsync(queue, [1, 2, 3]);

        Assert.Equal([1, 2], (await pgmq.PopAsync(queue, 2)).Select(message => message.Read<int>()));
        Assert.Equal(1, (await pgmq.MetricsAsync(queue)).QueueLength);
    }

    [Fact]
    public async Task Set_vt_hides_and_shows_one_or_several()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        var ids = await pgmq.SendBatchAsync(queue, [1, 2, 3]);

        Assert.Equal(ids[0], (await pgmq.SetVtAsync(queue, ids[0], TimeSpan.FromHours(1)))!.MsgId);
        Assert.Equal(2, (await pgmq.SetVtAsync(queue, ids.Skip(1), TimeSpan.FromHours(1))).Count);
        Assert.Empty(await pgmq.ReadAsync(queue, Second, 10));

        await pgmq.SetVtAsync(queue, ids, TimeProvider.System.GetUtcNow().AddMinutes(-1));
        Assert.Equal(3, (await pgmq.ReadAsync(queue, Second, 10)).Count);
        Assert.Null(await pgmq.SetVtAsync(queue, 999, Second));
        Assert.NotNull(await pgmq.SetVtAsync(queue, ids[0], TimeProvider.System.GetUtcNow().AddHours(1)));
    }

    [Fact]
    public async Task Archive_and_delete_say_what_was_there()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        var ids = await pgmq.SendBatchAsync(queue, Enumerable.Range(0, 6));

        Assert.True(await pgmq.ArchiveAsync(queue, ids[0]));
        Assert.False(await pgmq.ArchiveAsync(queue, ids[0]));
        Assert.Equal([ids[1], ids[2]], (await pgmq.ArchiveAsync(queue, [ids[1], ids[2], 999])).Order());
        Assert.True(await pgmq.DeleteAsync(queue, ids[3]));
        Assert.False(await pgmq.DeleteAsync(queue, ids[3]));
        Assert.Equal([ids[4]], await pgmq.DeleteAsync(queue, [ids[4], 999]));
        Assert.Equal(3, await server.CountAsync($"SELECT count(*) FROM pgmq.a_{queue}"));
        Assert.Equal(1, await pgmq.PurgeQueueAsync(queue));
    }

    [Fact]
    public async Task Queues_are_made_listed_measured_and_dropped()
    {
        var pgmq = server.Client();
        var plain = await PgmqServer.QueueAsync(pgmq);
        var unlogged = $"u{plain}"[..20];
        var second = $"n{plain}"[..20];
        await pgmq.CreateAsync(plain);
        await pgmq.CreateUnloggedAsync(unlogged);
        await pgmq.CreateNonPartitionedAsync(second);

        var queues = (await pgmq.ListQueuesAsync()).ToDictionary(queue => queue.Name);
        Assert.False(queues[plain].IsUnlogged);
        Assert.True(queues[unlogged].IsUnlogged);
        Assert.Contains(await pgmq.MetricsAllAsync(), metrics => metrics.QueueName == second && metrics.OldestMessageAgeSeconds is null);
        Assert.True(await pgmq.DropQueueAsync(plain));
        Assert.False(await pgmq.DropQueueAsync(plain));
    }

    [Fact]
    public async Task A_partitioned_queue_needs_pg_partman_and_its_absence_is_the_callers()
    {
        var pgmq = server.Client(failureThreshold: 1);

        await Assert.ThrowsAsync<PostgresException>(() => pgmq.CreatePartitionedAsync("parts", "1000", "10000"));

        Assert.Equal(BreakerState.Closed, pgmq.BreakerOf().Snapshot.State);
    }

    [Fact]
    public async Task Grouped_reads_keep_the_order_within_a_group()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        await pgmq.CreateFifoIndexAsync(queue);
        await pgmq.CreateFifoIndexesAllAsync();
        Dictionary<string, string> Group(string name) => new() { ["x-pgmq-group"] = name };
        await pgmq.SendBatchAsync(queue, ["a1", "a2", "b1"], [Group("a"), Group("a"), Group("b")]);

        Assert.Equal(["a1", "b1"], (await pgmq.ReadGroupedHeadAsync(queue, TimeSpan.Zero, 10)).Select(message => message.Read<string>()));
        Assert.Equal(["a1", "a2", "b1"], (await pgmq.ReadGroupedAsync(queue, TimeSpan.Zero, 10)).Select(message => message.Read<string>()).Order());
        Assert.Equal(3, (await pgmq.ReadGroupedRrAsync(queue, TimeSpan.Zero, 10)).Count);
        Assert.Equal(3, (await pgmq.ReadGroupedWithPollAsync(queue, TimeSpan.Zero, 10, Second)).Count);
        Assert.Equal(3, (await pgmq.ReadGroupedRrWithPollAsync(queue, TimeSpan.Zero, 10, Second)).Count);
    }

    [Fact]
    public async Task Topics_route_to_the_queues_that_are_bound()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        await pgmq.BindTopicAsync($"{queue}.*", queue);

        Assert.Equal(1, await pgmq.SendTopicAsync($"{queue}.made", "one"));
        Assert.Equal(1, await pgmq.SendTopicAsync($"{queue}.made", "two", new Dictionary<string, string> { ["k"] = "v" }, TimeSpan.FromHours(1)));
        Assert.Equal(0, await pgmq.SendTopicAsync("nobody.cares", "three"));
        var deliveries = await pgmq.SendBatchTopicAsync($"{queue}.made", ["four", "five"]);
        Assert.All(deliveries, delivery => Assert.Equal(queue, delivery.QueueName));
        Assert.Equal(2, deliveries.Count);
        Assert.Equal(new PgmqTopicBinding($"{queue}.*", queue), Assert.Single(await pgmq.ListTopicBindingsAsync(queue)));
        Assert.Contains(new PgmqTopicBinding($"{queue}.*", queue), await pgmq.ListTopicBindingsAsync());
        Assert.Equal(new PgmqTopicBinding($"{queue}.*", queue), Assert.Single(await pgmq.TestRoutingAsync($"{queue}.x")));
        Assert.True(await pgmq.UnbindTopicAsync($"{queue}.*", queue));
        Assert.False(await pgmq.UnbindTopicAsync($"{queue}.*", queue));
        Assert.Equal(4, (await pgmq.MetricsAsync(queue)).QueueLength);
    }

    [Fact]
    public async Task Notifications_are_enabled_changed_listed_and_disabled()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);

        await pgmq.EnableNotifyInsertAsync(queue);
        Assert.Contains(await pgmq.ListNotifyInsertThrottlesAsync(), row => row == new PgmqNotifyThrottle(queue, TimeSpan.FromMilliseconds(250)));
        await pgmq.UpdateNotifyInsertAsync(queue, TimeSpan.FromMilliseconds(10));
        Assert.Contains(await pgmq.ListNotifyInsertThrottlesAsync(), row => row == new PgmqNotifyThrottle(queue, TimeSpan.FromMilliseconds(10)));
        await pgmq.DisableNotifyInsertAsync(queue);
        Assert.DoesNotContain(await pgmq.ListNotifyInsertThrottlesAsync(), row => row.QueueName == queue);
    }

    [Fact]
    public async Task A_message_without_a_body_does_not_spoil_its_batch()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);
        await server.CountAsync("SELECT pgmq.send($1, NULL::jsonb)", queue);
        await pgmq.SendAsync(queue, new { n = 1 });

        var messages = await pgmq.ReadAsync(queue, TimeSpan.FromSeconds(1), 10);

        Assert.Equal(["null", "{\"n\": 1}"], messages.Select(message => message.Json));
    }

    [Fact]
    public async Task A_batch_can_be_hidden_until_a_time()
    {
        var pgmq = server.Client();
        var queue = await PgmqServer.QueueAsync(pgmq);

        Assert.Equal([1L, 2L], await pgmq.SendBatchAsync(queue, [1, 2], TimeProvider.System.GetUtcNow().AddHours(1)));

        Assert.Empty(await pgmq.ReadAsync(queue, TimeSpan.FromSeconds(1), 10));
        Assert.Equal(2, (await pgmq.MetricsAsync(queue)).QueueLength);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_spoils_only_itself()
    {
        var pgmq = server.Client(failureThreshold: 1);
        var queue = await PgmqServer.QueueAsync(pgmq);
        await pgmq.SendAsync(queue, new { id = "not a number" });
        await pgmq.SendAsync(queue, new Order(2, "good"));

        var read = await pgmq.ReadAsync(queue, Second, 2);

        var error = Assert.Throws<PgmqMessageFormatException>(() => read[0].Read<Order>());
        Assert.Equal(read[0].MsgId, error.MsgId);
        Assert.Equal(2, read[1].Read<Order>()!.Id);
        Assert.Equal(BreakerState.Closed, pgmq.BreakerOf().Snapshot.State);
    }
}
