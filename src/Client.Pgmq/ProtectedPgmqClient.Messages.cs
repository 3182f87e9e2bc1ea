using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <content>Sending, reading and finishing messages.</content>
public sealed partial class ProtectedPgmqClient
{
    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<long> SendAsync<T>(
        string queue, T message, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default) =>
        SendOneAsync(queue, Serialize(message), SerializeHeaders(headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<long> SendAsync<T>(
        string queue, T message, DateTimeOffset visibleAt, IReadOnlyDictionary<string, string>? headers = null, CancellationToken cancellationToken = default) =>
        SendOneAsync(queue, Serialize(message), SerializeHeaders(headers), Time(visibleAt), cancellationToken);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default) =>
        SendManyAsync(queue, SerializeBatch(messages, Serialize, headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        DateTimeOffset visibleAt,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        CancellationToken cancellationToken = default) =>
        SendManyAsync(queue, SerializeBatch(messages, Serialize, headers), Time(visibleAt), cancellationToken);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<int> SendTopicAsync<T>(
        string routingKey, T message, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default) =>
        SendOneTopicAsync(routingKey, Serialize(message), SerializeHeaders(headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reflection)]
    [RequiresDynamicCode(Reflection)]
    public Task<IReadOnlyList<PgmqTopicDelivery>> SendBatchTopicAsync<T>(
        string routingKey,
        IEnumerable<T> messages,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default) =>
        SendManyTopicAsync(routingKey, SerializeBatch(messages, Serialize, headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadAsync(
        string queue, TimeSpan visibility, int quantity = 1, string? conditional = null, CancellationToken cancellationToken = default) =>
        ManyAsync(
            queue,
            "SELECT * FROM pgmq.read($1, $2, $3, $4)",
            [Text(queue), Whole(Seconds(visibility, nameof(visibility))), Whole(AtLeastOne(quantity)), Json(conditional ?? "{}")],
            ReadMessage,
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadWithPollAsync(
        string queue,
        TimeSpan visibility,
        int quantity = 1,
        TimeSpan? maxPoll = null,
        TimeSpan? pollInterval = null,
        string? conditional = null,
        CancellationToken cancellationToken = default)
    {
        var (longest, interval, extraTime) = Poll(maxPoll, pollInterval);
        return ManyAsync(
            queue,
            "SELECT * FROM pgmq.read_with_poll($1, $2, $3, $4, $5, $6)",
            [Text(queue), Whole(Seconds(visibility, nameof(visibility))), Whole(AtLeastOne(quantity)), longest, interval, Json(conditional ?? "{}")],
            ReadMessage,
            cancellationToken,
            extraTime);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadGroupedAsync(
        string queue, TimeSpan visibility, int quantity = 1, CancellationToken cancellationToken = default) =>
        GroupedAsync("SELECT * FROM pgmq.read_grouped($1, $2, $3)", queue, visibility, quantity, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadGroupedHeadAsync(
        string queue, TimeSpan visibility, int quantity = 1, CancellationToken cancellationToken = default) =>
        GroupedAsync("SELECT * FROM pgmq.read_grouped_head($1, $2, $3)", queue, visibility, quantity, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadGroupedRrAsync(
        string queue, TimeSpan visibility, int quantity = 1, CancellationToken cancellationToken = default) =>
        GroupedAsync("SELECT * FROM pgmq.read_grouped_rr($1, $2, $3)", queue, visibility, quantity, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadGroupedWithPollAsync(
        string queue, TimeSpan visibility, int quantity = 1, TimeSpan? maxPoll = null, TimeSpan? pollInterval = null, CancellationToken cancellationToken = default) =>
        GroupedWithPollAsync("SELECT * FROM pgmq.read_grouped_with_poll($1, $2, $3, $4, $5)", queue, visibility, quantity, maxPoll, pollInterval, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> ReadGroupedRrWithPollAsync(
        string queue, TimeSpan visibility, int quantity = 1, TimeSpan? maxPoll = null, TimeSpan? pollInterval = null, CancellationToken cancellationToken = default) =>
        GroupedWithPollAsync("SELECT * FROM pgmq.read_grouped_rr_with_poll($1, $2, $3, $4, $5)", queue, visibility, quantity, maxPoll, pollInterval, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> PopAsync(string queue, int quantity = 1, CancellationToken cancellationToken = default) =>
        AtLeastOne(quantity) == 1
            // An older pgmq, such as 1.5, has only this one.
            ? ManyAsync(queue, "SELECT * FROM pgmq.pop($1)", [Text(queue)], ReadMessage, cancellationToken)
            : ManyAsync(queue, "SELECT * FROM pgmq.pop($1, $2)", [Text(queue), Whole(quantity)], ReadMessage, cancellationToken);

    /// <inheritdoc/>
    public async Task<PgmqMessage?> SetVtAsync(string queue, long msgId, TimeSpan visibility, CancellationToken cancellationToken = default) =>
        (await SetVtAsync(queue, Id(msgId), Whole(Seconds(visibility, nameof(visibility))), cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<PgmqMessage?> SetVtAsync(string queue, long msgId, DateTimeOffset visibleAt, CancellationToken cancellationToken = default) =>
        (await SetVtAsync(queue, Id(msgId), Time(visibleAt), cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> SetVtAsync(
        string queue, IEnumerable<long> msgIds, TimeSpan visibility, CancellationToken cancellationToken = default) =>
        SetVtAsync(queue, Ids(msgIds), Whole(Seconds(visibility, nameof(visibility))), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqMessage>> SetVtAsync(
        string queue, IEnumerable<long> msgIds, DateTimeOffset visibleAt, CancellationToken cancellationToken = default) =>
        SetVtAsync(queue, Ids(msgIds), Time(visibleAt), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ArchiveAsync(string queue, long msgId, CancellationToken cancellationToken = default) =>
        OneAsync(queue, "SELECT pgmq.archive($1, $2)", [Text(queue), Id(msgId)], static row => row.GetBoolean(0), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> ArchiveAsync(string queue, IEnumerable<long> msgIds, CancellationToken cancellationToken = default) =>
        ManyAsync(queue, "SELECT * FROM pgmq.archive($1, $2)", [Text(queue), Ids(msgIds)], static row => row.GetInt64(0), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string queue, long msgId, CancellationToken cancellationToken = default) =>
        OneAsync(queue, "SELECT pgmq.delete($1, $2)", [Text(queue), Id(msgId)], static row => row.GetBoolean(0), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> DeleteAsync(string queue, IEnumerable<long> msgIds, CancellationToken cancellationToken = default) =>
        ManyAsync(queue, "SELECT * FROM pgmq.delete($1, $2)", [Text(queue), Ids(msgIds)], static row => row.GetInt64(0), cancellationToken);

    private static readonly TimeSpan DefaultPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPollInterval = TimeSpan.FromSeconds(60);

    private static (NpgsqlParameter Longest, NpgsqlParameter Interval, TimeSpan ExtraTime) Poll(TimeSpan? maxPoll, TimeSpan? pollInterval)
    {
        var interval = pollInterval ?? TimeSpan.FromMilliseconds(100);
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1), nameof(pollInterval));

        ArgumentOutOfRangeException.ThrowIfGreaterThan(interval, LongestPollInterval, nameof(pollInterval));

        // The server sleeps for a whole interval even when the poll ends within it.
        var longest = maxPoll ?? DefaultPoll;
        return (Whole(Seconds(longest, nameof(maxPoll))), Whole((int)interval.TotalMilliseconds), longest + interval);
    }

    private static (string[] Messages, string[]? Headers) SerializeBatch<T>(
        IEnumerable<T> messages, Func<T, string> serialize, IReadOnlyList<IReadOnlyDictionary<string, string>>? headers)
    {
        ArgumentNullException.ThrowIfNull(messages);
        string[] texts = [.. messages.Select(serialize)];
        if (texts.Length == 0)
        {
            throw new ArgumentException("A batch needs at least one message.", nameof(messages));
        }

        return headers is null || headers.Count == texts.Length
            ? (texts, headers is null ? null : [.. headers.Select(each => SerializeHeaders(each)!)])
            : throw new ArgumentException($"There are {headers.Count} headers for {texts.Length} messages: give one per message, or none.", nameof(headers));
    }

    private Task<IReadOnlyList<PgmqMessage>> SetVtAsync(
        string queue, NpgsqlParameter which, NpgsqlParameter until, CancellationToken cancellationToken) =>
        ManyAsync(queue, "SELECT * FROM pgmq.set_vt($1, $2, $3)", [Text(queue), which, until], ReadMessage, cancellationToken);

    private Task<IReadOnlyList<PgmqMessage>> GroupedAsync(
        string sql, string queue, TimeSpan visibility, int quantity, CancellationToken cancellationToken) =>
        ManyAsync(
            queue, sql, [Text(queue), Whole(Seconds(visibility, nameof(visibility))), Whole(AtLeastOne(quantity))], ReadMessage, cancellationToken);

    private Task<IReadOnlyList<PgmqMessage>> GroupedWithPollAsync(
        string sql, string queue, TimeSpan visibility, int quantity, TimeSpan? maxPoll, TimeSpan? pollInterval, CancellationToken cancellationToken)
    {
        var (longest, interval, extraTime) = Poll(maxPoll, pollInterval);
        return ManyAsync(
            queue,
            sql,
            [Text(queue), Whole(Seconds(visibility, nameof(visibility))), Whole(AtLeastOne(quantity)), longest, interval],
            ReadMessage,
            cancellationToken,
            extraTime);
    }
}
