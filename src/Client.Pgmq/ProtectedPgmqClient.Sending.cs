using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <content>The statements that send messages, however their bodies were serialized.</content>
public sealed partial class ProtectedPgmqClient
{
    private Task<long> SendOneAsync(string queue, string message, string? headers, NpgsqlParameter when, CancellationToken cancellationToken) =>
        OneAsync(
            queue,
            "SELECT * FROM pgmq.send($1, $2, $3, $4)",
            [Text(queue), Json(message), Json(headers), when],
            static row => row.GetInt64(0),
            cancellationToken);

    private Task<IReadOnlyList<long>> SendManyAsync(
        string queue, (string[] Messages, string[]? Headers) batch, NpgsqlParameter when, CancellationToken cancellationToken) =>
        ManyAsync(
            queue,
            "SELECT * FROM pgmq.send_batch($1, $2, $3, $4)",
            [Text(queue), Jsons(batch.Messages), Jsons(batch.Headers), when],
            static row => row.GetInt64(0),
            cancellationToken);

    private Task<int> SendOneTopicAsync(string routingKey, string message, string? headers, NpgsqlParameter when, CancellationToken cancellationToken) =>
        OneAsync(
            null,
            "SELECT * FROM pgmq.send_topic($1, $2, $3, $4)",
            [Text(routingKey), Json(message), Json(headers), when],
            static row => row.GetInt32(0),
            cancellationToken);

    private Task<IReadOnlyList<PgmqTopicDelivery>> SendManyTopicAsync(
        string routingKey, (string[] Messages, string[]? Headers) batch, NpgsqlParameter when, CancellationToken cancellationToken) =>
        ManyAsync(
            null,
            "SELECT * FROM pgmq.send_batch_topic($1, $2, $3, $4)",
            [Text(routingKey), Jsons(batch.Messages), Jsons(batch.Headers), when],
            static row => new PgmqTopicDelivery(row.GetString(0), row.GetInt64(1)),
            cancellationToken);
}
