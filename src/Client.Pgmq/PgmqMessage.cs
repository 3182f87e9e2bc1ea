using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>A message as pgmq gives it. Its JSON is kept as it is: one that cannot be read as the type that was expected spoils neither
/// the batch that it came in nor the circuit.</summary>
public sealed record PgmqMessage
{
    private static readonly JsonSerializerOptions WebDefaults = new(JsonSerializerDefaults.Web);

    /// <summary>Its id within the queue.</summary>
    public required long MsgId { get; init; }

    /// <summary>How often it was read, this time included.</summary>
    public required int ReadCount { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>When it was read last; null when it was popped unread, and where pgmq is older than 1.10.</summary>
    public DateTimeOffset? LastReadAt { get; init; }

    /// <summary>From when it can be read (again).</summary>
    public required DateTimeOffset VisibleAt { get; init; }

    /// <summary>The message, as JSON text.</summary>
    public required string Json { get; init; }

    /// <summary>Its headers, as JSON text; null when it has none.</summary>
    public string? HeadersJson { get; init; }

    /// <summary>How the client that read it makes JSON.</summary>
    internal JsonSerializerOptions Options { get; init; } = WebDefaults;

    /// <summary>The message as a <typeparamref name="T"/>.</summary>
    /// <param name="options">How JSON becomes objects. Default: as of the client that read it (<see cref="ProtectedPgmqOptions.Json"/>).</param>
    /// <exception cref="PgmqMessageFormatException">Its JSON is not that of a <typeparamref name="T"/>.</exception>
    [RequiresUnreferencedCode(ProtectedPgmqClient.Reflection)]
    [RequiresDynamicCode(ProtectedPgmqClient.Reflection)]
    public T? Read<T>(JsonSerializerOptions? options = null)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Json, options ?? Options);
        }
        catch (JsonException exception)
        {
            throw new PgmqMessageFormatException(MsgId, typeof(T), exception);
        }
    }

    /// <summary>The message as a <typeparamref name="T"/>, without reflection.</summary>
    /// <exception cref="PgmqMessageFormatException">Its JSON is not that of a <typeparamref name="T"/>.</exception>
    public T? Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Json, type);
        }
        catch (JsonException exception)
        {
            throw new PgmqMessageFormatException(MsgId, typeof(T), exception);
        }
    }

    /// <summary>Whether it is the same message, with the same content: whoever read it.</summary>
    public bool Equals(PgmqMessage? other) => other is not null
        && (MsgId, ReadCount, EnqueuedAt, LastReadAt, VisibleAt, Json, HeadersJson)
            == (other.MsgId, other.ReadCount, other.EnqueuedAt, other.LastReadAt, other.VisibleAt, other.Json, other.HeadersJson);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MsgId, ReadCount, VisibleAt);
}

/// <summary>A message's JSON is not that of the type that was expected. It is the message's fault, not the queue's.</summary>
public sealed class PgmqMessageFormatException : Exception
{
    internal PgmqMessageFormatException(long msgId, Type type, Exception innerException)
        : base($"Message {msgId} is not a {type.Name}: {innerException.Message} Archive or delete it, or read its Json.", innerException) => MsgId = msgId;

    /// <summary>The message's id.</summary>
    public long MsgId { get; }
}
