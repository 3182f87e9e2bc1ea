using System.Data;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <content>Making, measuring and wiring queues.</content>
public sealed partial class ProtectedPgmqClient
{
    /// <summary>Holds for the names of queues that exist, and for names whose table no queue of another name has: pgmq names tables in lower case.</summary>
    private const string UnlessAnothersTable =
        " WHERE EXISTS (SELECT FROM pgmq.meta WHERE queue_name = $1) OR NOT EXISTS (SELECT FROM pgmq.meta WHERE lower(queue_name) = lower($1))";

    /// <inheritdoc/>
    public Task CreateAsync(string queue, CancellationToken cancellationToken = default) =>
        DoUnlessAnothersAsync(queue, "SELECT pgmq.create($1)", [Text(queue)], static _ => true, cancellationToken);

    /// <inheritdoc/>
    public Task CreateNonPartitionedAsync(string queue, CancellationToken cancellationToken = default) =>
        DoUnlessAnothersAsync(queue, "SELECT pgmq.create_non_partitioned($1)", [Text(queue)], static _ => true, cancellationToken);

    /// <inheritdoc/>
    public Task CreateUnloggedAsync(string queue, CancellationToken cancellationToken = default) =>
        DoUnlessAnothersAsync(queue, "SELECT pgmq.create_unlogged($1)", [Text(queue)], static _ => true, cancellationToken);

    /// <inheritdoc/>
    public Task CreatePartitionedAsync(string queue, string partitionInterval, string retentionInterval, CancellationToken cancellationToken = default) =>
        DoUnlessAnothersAsync(
            queue,
            "SELECT pgmq.create_partitioned($1, $2, $3)",
            [Text(queue), Text(partitionInterval), Text(retentionInterval)],
            static _ => true,
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DropQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        DoUnlessAnothersAsync(queue, "SELECT pgmq.drop_queue($1)", [Text(queue)], static row => row.GetBoolean(0), cancellationToken);

    /// <inheritdoc/>
    public Task<long> PurgeQueueAsync(string queue, CancellationToken cancellationToken = default) =>
        OneAsync(queue, "SELECT pgmq.purge_queue($1)", [Text(queue)], static row => row.GetInt64(0), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqQueue>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
        ManyAsync(
            null,
            "SELECT * FROM pgmq.list_queues()",
            [],
            static row => new PgmqQueue(
                row.GetString("queue_name"),
                row.GetBoolean("is_partitioned"),
                row.GetBoolean("is_unlogged"),
                row.GetFieldValue<DateTimeOffset>("created_at")),
            cancellationToken);

    /// <inheritdoc/>
    public Task<PgmqQueueMetrics> MetricsAsync(string queue, CancellationToken cancellationToken = default) =>
        OneAsync(queue, "SELECT * FROM pgmq.metrics($1)", [Text(queue)], ReadMetrics, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqQueueMetrics>> MetricsAllAsync(CancellationToken cancellationToken = default) =>
        ManyAsync(null, "SELECT * FROM pgmq.metrics_all()", [], ReadMetrics, cancellationToken);

    /// <inheritdoc/>
    public Task CreateFifoIndexAsync(string queue, CancellationToken cancellationToken = default) =>
        DoAsync(queue, "SELECT pgmq.create_fifo_index($1)", [Text(queue)], cancellationToken);

    /// <inheritdoc/>
    public Task CreateFifoIndexesAllAsync(CancellationToken cancellationToken = default) =>
        DoAsync(null, "SELECT pgmq.create_fifo_indexes_all()", [], cancellationToken);

    /// <inheritdoc/>
    public Task BindTopicAsync(string pattern, string queue, CancellationToken cancellationToken = default) =>
        DoAsync(queue, "SELECT pgmq.bind_topic($1, $2)", [Text(pattern), Text(queue)], cancellationToken);

    /// <inheritdoc/>
    public Task<bool> UnbindTopicAsync(string pattern, string queue, CancellationToken cancellationToken = default) =>
        OneAsync(queue, "SELECT pgmq.unbind_topic($1, $2)", [Text(pattern), Text(queue)], static row => row.GetBoolean(0), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqTopicBinding>> ListTopicBindingsAsync(string? queue = null, CancellationToken cancellationToken = default) =>
        ManyAsync(
            queue,
            queue is null ? "SELECT pattern, queue_name FROM pgmq.list_topic_bindings()" : "SELECT pattern, queue_name FROM pgmq.list_topic_bindings($1)",
            queue is null ? [] : [Text(queue)],
            static row => new PgmqTopicBinding(row.GetString(0), row.GetString(1)),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqTopicBinding>> TestRoutingAsync(string routingKey, CancellationToken cancellationToken = default) =>
        ManyAsync(
            null,
            "SELECT pattern, queue_name FROM pgmq.test_routing($1)",
            [Text(routingKey)],
            static row => new PgmqTopicBinding(row.GetString(0), row.GetString(1)),
            cancellationToken);

    /// <inheritdoc/>
    public Task EnableNotifyInsertAsync(string queue, TimeSpan? throttle = null, CancellationToken cancellationToken = default) =>
        DoAsync(queue, "SELECT pgmq.enable_notify_insert($1, $2)", [Text(queue), Milliseconds(throttle)], cancellationToken);

    /// <inheritdoc/>
    public Task UpdateNotifyInsertAsync(string queue, TimeSpan throttle, CancellationToken cancellationToken = default) =>
        DoAsync(queue, "SELECT pgmq.update_notify_insert($1, $2)", [Text(queue), Milliseconds(throttle)], cancellationToken);

    /// <inheritdoc/>
    public Task DisableNotifyInsertAsync(string queue, CancellationToken cancellationToken = default) =>
        DoAsync(queue, "SELECT pgmq.disable_notify_insert($1)", [Text(queue)], cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqNotifyThrottle>> ListNotifyInsertThrottlesAsync(CancellationToken cancellationToken = default) =>
        ManyAsync(
            null,
            "SELECT queue_name, throttle_interval_ms FROM pgmq.list_notify_insert_throttles()",
            [],
            static row => new PgmqNotifyThrottle(row.GetString(0), TimeSpan.FromMilliseconds(row.GetInt32(1))),
            cancellationToken);

    private async Task<T> DoUnlessAnothersAsync<T>(
        string queue, string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        await ManyAsync(queue, sql + UnlessAnothersTable, parameters, read, cancellationToken).ConfigureAwait(false) is [var answer]
            ? answer
            : throw new ArgumentException(
                $"A queue exists whose name differs from '{queue}' only in case. pgmq names tables in lower case, so both would be one table: "
                + "write the name as ListQueuesAsync returns it, or use another one.",
                nameof(queue));

    private static NpgsqlParameter Milliseconds(TimeSpan? throttle)
    {
        var span = throttle ?? TimeSpan.FromMilliseconds(250);
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero, nameof(throttle));
        return Whole((int)Math.Min(span.TotalMilliseconds, int.MaxValue));
    }

    private static PgmqQueueMetrics ReadMetrics(NpgsqlDataReader row) => new(
        row.GetString("queue_name"),
        row.GetInt64("queue_length"),
        row.IsDBNull("newest_msg_age_sec") ? null : row.GetInt32("newest_msg_age_sec"),
        row.IsDBNull("oldest_msg_age_sec") ? null : row.GetInt32("oldest_msg_age_sec"),
        row.GetInt64("total_messages"),
        row.GetFieldValue<DateTimeOffset>("scrape_time"),
        row.GetInt64("queue_visible_length"));
}
