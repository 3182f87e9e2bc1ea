using System.Text.Json.Serialization.Metadata;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <content>Sending without reflection, for code that is trimmed or compiled ahead of time.</content>
public sealed partial class ProtectedPgmqClient
{
    /// <inheritdoc/>
    public Task<long> SendAsync<T>(
        string queue, T message, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default) =>
        SendOneAsync(queue, Serialize(message, type), SerializeHeaders(headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    public Task<long> SendAsync<T>(
        string queue, T message, JsonTypeInfo<T> type, DateTimeOffset visibleAt, IReadOnlyDictionary<string, string>? headers = null, CancellationToken cancellationToken = default) =>
        SendOneAsync(queue, Serialize(message, type), SerializeHeaders(headers), Time(visibleAt), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default) =>
        SendManyAsync(queue, SerializeBatch(messages, message => Serialize(message, type), headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<long>> SendBatchAsync<T>(
        string queue,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        DateTimeOffset visibleAt,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        CancellationToken cancellationToken = default) =>
        SendManyAsync(queue, SerializeBatch(messages, message => Serialize(message, type), headers), Time(visibleAt), cancellationToken);

    /// <inheritdoc/>
    public Task<int> SendTopicAsync<T>(
        string routingKey, T message, JsonTypeInfo<T> type, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? delay = null, CancellationToken cancellationToken = default) =>
        SendOneTopicAsync(routingKey, Serialize(message, type), SerializeHeaders(headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PgmqTopicDelivery>> SendBatchTopicAsync<T>(
        string routingKey,
        IEnumerable<T> messages,
        JsonTypeInfo<T> type,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? headers = null,
        TimeSpan? delay = null,
        CancellationToken cancellationToken = default) =>
        SendManyTopicAsync(routingKey, SerializeBatch(messages, message => Serialize(message, type), headers), Whole(Seconds(delay, nameof(delay))), cancellationToken);
}
