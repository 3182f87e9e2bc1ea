using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>A queue, as <c>list_queues</c> gives it.</summary>
public sealed record PgmqQueue(string Name, bool IsPartitioned, bool IsUnlogged, DateTimeOffset CreatedAt);

/// <summary>A queue's measures, as <c>metrics</c> gives them. Ages are in seconds, null for an empty queue.</summary>
public sealed record PgmqQueueMetrics(
    string QueueName,
    long QueueLength,
    int? NewestMessageAgeSeconds,
    int? OldestMessageAgeSeconds,
    long TotalMessages,
    DateTimeOffset ScrapedAt,
    long VisibleLength);

/// <summary>A message that a topic put into a queue.</summary>
public sealed record PgmqTopicDelivery(string QueueName, long MsgId);

/// <summary>A pattern that is bound to a queue.</summary>
public sealed record PgmqTopicBinding(string Pattern, string QueueName);

/// <summary>A queue that notifies of new messages.</summary>
/// <param name="QueueName">The queue.</param>
/// <param name="Interval">The shortest time between two notifications.</param>
public sealed record PgmqNotifyThrottle(string QueueName, TimeSpan Interval);

/// <summary>Which breakers guard pgmq.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PgmqBreakerScope>))]
public enum PgmqBreakerScope
{
    /// <summary>One breaker, <c>pgmq</c>, for everything.</summary>
    [JsonStringEnumMemberName("shared")]
    Shared = 0,

    /// <summary>One per queue, <c>pgmq/&lt;queue&gt;</c>; what is about no queue uses <c>pgmq</c>.</summary>
    [JsonStringEnumMemberName("per_queue")]
    PerQueue = 1,
}
