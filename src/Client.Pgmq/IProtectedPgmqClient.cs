using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>pgmq behind a cluster-wide circuit breaker: every operation, under pgmq's own names. <see cref="ProtectedPgmqClient"/> implements
/// it; tests may replace it.</summary>
/// <remarks>Safe to use from any number of threads. A rejected call throws <see cref="CircuitOpenException"/> before anything is sent.</remarks>
public interface IProtectedPgmqClient
{
    /// <summary>The breaker that guards a queue; without a queue, or with <see cref="PgmqBreakerScope.Shared"/>, the one of all.</summary>
    ICircuitBreaker BreakerOf(string? queue = null);

    /// <summary><c>send</c>: puts a message into a queue, and gives its id.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="message">The message; it becomes JSON before the circuit is asked.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="delay">How long until it can be read; 0 by default, in whole seconds.</param>
    /// <param name="cancellationToken">Cancels the call; that counts neither way.</param>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    Task<long> SendAsync<T>(
        string queue, T message, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default);

    /// <summary><c>send</c> with the time from which the message can be read.</summary>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    Task<long> SendAsync<T>(
        string queue, T message, DateTimeOffset visibleAt, IReadOnlyDictionary<string, string>? headers = null, CancellationToken cancellationToken = default);

    /// <summary><c>send_batch</c>: puts messages into a queue in one statement, and gives their ids in order.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="messages">At least one.</param>
    /// <param name="headers">One per message, or none at all.</param>
    /// <param name="delay">How long until they can be read.</param>
    /// <param name="cancellationToken">Cancels the call; that counts neither way.</param>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>send_batch</c> with the time from which the messages can be read.</summary>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        DateTimeOffset visibleAt,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>send_topic</c>: puts a message into every queue that a pattern binds to its key; gives how many.</summary>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    Task<int> SendTopicAsync<T>(
        string routingKey, T message, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default);

    /// <summary><c>send_batch_topic</c>: the same for several messages; gives what went where.</summary>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    Task<IReadOnlyList<PgmqTopicDelivery>> SendBatchTopicAsync<T>(
        string routingKey,
        IEnumerable<T> messages,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>read</c>: takes up to <paramref name="quantity"/> messages and hides them for <paramref name="visibility"/>.</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadAsync(
        string queue, TimeSpan visibility, int quantity = 1, string? conditional = null, CancellationToken cancellationToken = default);

    /// <summary><c>read_with_poll</c>: the same, waiting up to <paramref name="maxPoll"/> for a first message (default 5 s), looking every
    /// <paramref name="pollInterval"/> (default 100 ms; at least 1 ms, at most 60 s).</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadWithPollAsync(
        string queue,
        TimeSpan visibility,
        int quantity = 1,
        TimeSpan? maxPoll = null,
        TimeSpan? pollInterval = null,
        string? conditional = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>read_grouped</c>: reads in FIFO order within groups, filling from the oldest group.</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadGroupedAsync(
        string queue, TimeSpan visibility, int quantity = 1, CancellationToken cancellationToken = default);

    /// <summary><c>read_grouped_head</c>: reads only the first message of each group.</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadGroupedHeadAsync(
        string queue, TimeSpan visibility, int quantity = 1, CancellationToken cancellationToken = default);

    /// <summary><c>read_grouped_rr</c>: reads in FIFO order within groups, the groups in turn.</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadGroupedRrAsync(
        string queue, TimeSpan visibility, int quantity = 1, CancellationToken cancellationToken = default);

    /// <summary><c>read_grouped_with_poll</c>.</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadGroupedWithPollAsync(
        string queue, TimeSpan visibility, int quantity = 1, TimeSpan? maxPoll = null, TimeSpan? pollInterval = null, CancellationToken cancellationToken = default);

    /// <summary><c>read_grouped_rr_with_poll</c>.</summary>
    Task<IReadOnlyList<PgmqMessage>> ReadGroupedRrWithPollAsync(
        string queue, TimeSpan visibility, int quantity = 1, TimeSpan? maxPoll = null, TimeSpan? pollInterval = null, CancellationToken cancellationToken = default);

    /// <summary><c>pop</c>: takes messages and deletes them at once: what is lost after that is lost.</summary>
    Task<IReadOnlyList<PgmqMessage>> PopAsync(string queue, int quantity = 1, CancellationToken cancellationToken = default);

    /// <summary><c>set_vt</c>: hides a message for <paramref name="visibility"/> from now; null when it is not there.</summary>
    Task<PgmqMessage?> SetVtAsync(string queue, long msgId, TimeSpan visibility, CancellationToken cancellationToken = default);

    /// <summary><c>set_vt</c>: hides a message until <paramref name="visibleAt"/>; null when it is not there.</summary>
    Task<PgmqMessage?> SetVtAsync(string queue, long msgId, DateTimeOffset visibleAt, CancellationToken cancellationToken = default);

    /// <summary><c>set_vt</c> of several messages; gives those that are there.</summary>
    Task<IReadOnlyList<PgmqMessage>> SetVtAsync(
        string queue, IEnumerable<long> msgIds, TimeSpan visibility, CancellationToken cancellationToken = default);

    /// <summary><c>set_vt</c> of several messages, until <paramref name="visibleAt"/>; gives those that are there.</summary>
    Task<IReadOnlyList<PgmqMessage>> SetVtAsync(
        string queue, IEnumerable<long> msgIds, DateTimeOffset visibleAt, CancellationToken cancellationToken = default);

    /// <summary><c>archive</c>: moves a message to the queue's archive; false when it is not there.</summary>
    Task<bool> ArchiveAsync(string queue, long msgId, CancellationToken cancellationToken = default);

    /// <summary><c>archive</c> of several messages; gives the ids of those that were there.</summary>
    Task<IReadOnlyList<long>> ArchiveAsync(string queue, IEnumerable<long> msgIds, CancellationToken cancellationToken = default);

    /// <summary><c>delete</c>: deletes a message; false when it is not there.</summary>
    Task<bool> DeleteAsync(string queue, long msgId, CancellationToken cancellationToken = default);

    /// <summary><c>delete</c> of several messages; gives the ids of those that were there.</summary>
    Task<IReadOnlyList<long>> DeleteAsync(string queue, IEnumerable<long> msgIds, CancellationToken cancellationToken = default);

    /// <summary><c>send</c>, without reflection: <paramref name="type"/> makes the JSON.</summary>
    Task<long> SendAsync<T>(
        string queue, T message, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default);

    /// <summary><c>send</c> with the time from which it can be read, without reflection: <paramref name="type"/> makes the JSON.</summary>
    Task<long> SendAsync<T>(
        string queue, T message, JsonTypeInfo<T> type, DateTimeOffset visibleAt, IReadOnlyDictionary<string, string>? headers = null, CancellationToken cancellationToken = default);

    /// <summary><c>send_batch</c>, without reflection: <paramref name="type"/> makes the JSON.</summary>
    Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>send_batch</c> with the time from which it can be read, without reflection: <paramref name="type"/> makes the JSON.</summary>
    Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        DateTimeOffset visibleAt,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>send_topic</c>, without reflection: <paramref name="type"/> makes the JSON.</summary>
    Task<int> SendTopicAsync<T>(
        string routingKey, T message, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default);

    /// <summary><c>send_batch_topic</c>, without reflection: <paramref name="type"/> makes the JSON.</summary>
    Task<IReadOnlyList<PgmqTopicDelivery>> SendBatchTopicAsync<T>(
        string routingKey,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default);

    /// <summary><c>create</c>: makes a queue; one that is there already stays as it is.</summary>
    /// <exception cref="ArgumentException">The name is not valid, or a queue exists whose name differs only in case: pgmq would give both one table.</exception>
    Task CreateAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>create_non_partitioned</c>.</summary>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    Task CreateNonPartitionedAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>create_unlogged</c>: faster, and empty after a crash of the server.</summary>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    Task CreateUnloggedAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>create_partitioned</c>: needs the extension pg_partman.</summary>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    Task CreatePartitionedAsync(string queue, string partitionInterval, string retentionInterval, CancellationToken cancellationToken = default);

    /// <summary><c>drop_queue</c>: removes a queue and its archive; false when there is none.</summary>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    Task<bool> DropQueueAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>purge_queue</c>: deletes all messages of a queue, and gives how many.</summary>
    Task<long> PurgeQueueAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>list_queues</c>.</summary>
    Task<IReadOnlyList<PgmqQueue>> ListQueuesAsync(CancellationToken cancellationToken = default);

    /// <summary><c>metrics</c> of one queue.</summary>
    Task<PgmqQueueMetrics> MetricsAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>metrics_all</c>.</summary>
    Task<IReadOnlyList<PgmqQueueMetrics>> MetricsAllAsync(CancellationToken cancellationToken = default);

    /// <summary><c>create_fifo_index</c>: makes grouped reads of a queue fast.</summary>
    Task CreateFifoIndexAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>create_fifo_indexes_all</c>.</summary>
    Task CreateFifoIndexesAllAsync(CancellationToken cancellationToken = default);

    /// <summary><c>bind_topic</c>: messages whose key matches the pattern go to the queue.</summary>
    Task BindTopicAsync(string pattern, string queue, CancellationToken cancellationToken = default);

    /// <summary><c>unbind_topic</c>: false when the pattern was not bound.</summary>
    Task<bool> UnbindTopicAsync(string pattern, string queue, CancellationToken cancellationToken = default);

    /// <summary><c>list_topic_bindings</c>, of one queue or of all.</summary>
    Task<IReadOnlyList<PgmqTopicBinding>> ListTopicBindingsAsync(string? queue = null, CancellationToken cancellationToken = default);

    /// <summary><c>test_routing</c>: which bindings a key would match.</summary>
    Task<IReadOnlyList<PgmqTopicBinding>> TestRoutingAsync(string routingKey, CancellationToken cancellationToken = default);

    /// <summary><c>enable_notify_insert</c>: the server notifies of new messages, at most once per <paramref name="throttle"/> (default 250 ms).</summary>
    Task EnableNotifyInsertAsync(string queue, TimeSpan? throttle = null, CancellationToken cancellationToken = default);

    /// <summary><c>update_notify_insert</c>: changes the throttle.</summary>
    Task UpdateNotifyInsertAsync(string queue, TimeSpan throttle, CancellationToken cancellationToken = default);

    /// <summary><c>disable_notify_insert</c>.</summary>
    Task DisableNotifyInsertAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary><c>list_notify_insert_throttles</c>: the queues that notify, and their throttles.</summary>
    Task<IReadOnlyList<PgmqNotifyThrottle>> ListNotifyInsertThrottlesAsync(CancellationToken cancellationToken = default);
}
