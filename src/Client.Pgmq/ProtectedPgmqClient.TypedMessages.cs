using System.Text.Json.Serialization.Metadata;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <content>Sending without reflection, for code that is trimmed or compiled ahead of time.</content>
public sealed partial class ProtectedPgmqClient
{
    /// <inheritdoc/>
    public Task<long> SendAsync<T>(
        string queue, T message, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default) =>
        OneAsync(
            queue,
            "SELECT * FROM pgmq.send($1, $2, $3, $4)",
            [Text(queue), Json(Serialize(message, type)), Json(SerializeHeaders(headers)), Whole(Seconds(delay, nameof(delay)))],
            static row => row.GetInt64(0),
            cancellationToken);

    /// <inheritdoc/>
    public Task<long> SendAsync<T>(
        string queue, T message, JsonTypeInfo<T> type, DateTimeOffset visibleAt, IReadOnlyDictionary<string, string>? headers = null, CancellationToken cancellationToken = default) =>
        OneAsync(
            queue,
            "SELECT * FROM pgmq.send($1, $2, $3, $4)",
            [Text(queue), Json(Serialize(message, type)), Json(SerializeHeaders(headers)), Time(visibleAt)],
            static row => row.GetInt64(0),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default)
    {
        var (texts, headerTexts) = SerializeBatch(messages, message => Serialize(message, type), headers);
        return ManyAsync(
            queue,
            "SELECT * FROM pgmq.send_batch($1, $2, $3, $4)",
            [Text(queue), Jsons(texts), Jsons(headerTexts), Whole(Seconds(delay, nameof(delay)))],
            static row => row.GetInt64(0),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        DateTimeOffset visibleAt,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        CancellationToken cancellationToken = default)
    {
        var (texts, headerTexts) = SerializeBatch(messages, message => Serialize(message, type), headers);
        return ManyAsync(
            queue,
            "SELECT * FROM pgmq.send_batch($1, $2, $3, $4)",
            [Text(queue), Jsons(texts), Jsons(headerTexts), Time(visibleAt)],
            static row => row.GetInt64(0),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> SendTopicAsync<T>(
        string routingKey, T message, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default) =>
        OneAsync(
            null,
            "SELECT * FROM pgmq.send_topic($1, $2, $3, $4)",
            [Text(routingKey), Json(Serialize(message, type)), Json(SerializeHeaders(headers)), Whole(Seconds(delay, nameof(delay)))],
            static row => row.GetInt32(0),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqTopicDelivery>> SendBatchTopicAsync<T>(
        string routingKey,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default)
    {
        var (texts, headerTexts) = SerializeBatch(messages, message => Serialize(message, type), headers);
        return ManyAsync(
            null,
            "SELECT * FROM pgmq.send_batch_topic($1, $2, $3, $4)",
            [Text(routingKey), Jsons(texts), Jsons(headerTexts), Whole(Seconds(delay, nameof(delay)))],
            static row => new PgmqTopicDelivery(row.GetString(0), row.GetInt64(1)),
            cancellationToken);
    }
}
