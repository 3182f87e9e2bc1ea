using System.Text.Json;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>How <see cref="ProtectedPgmqClient"/> works.</summary>
/// <remarks>Named options under the client's service key, read when the client is made. All of it can be bound from configuration, but for
/// <see cref="Json"/>.</remarks>
public sealed class ProtectedPgmqOptions
{
    /// <summary>The database that has pgmq, for clients that services make. Null, the default: the <c>NpgsqlDataSource</c> that is registered, for a
    /// client with a key the one under the same key. A client that is constructed over a data source ignores it.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Which breakers guard it. Default <see cref="PgmqBreakerScope.Shared"/>.</summary>
    public PgmqBreakerScope Scope { get; set; } = PgmqBreakerScope.Shared;

    /// <summary>How messages become JSON, where no <c>JsonTypeInfo</c> is given. Default: the web defaults (camelCase). It is set in code, not
    /// bound.</summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web);

    /// <summary>How long a statement may take; what exceeds it is a failure. 1–600 s, default 30 s. A polling read gets its polling time
    /// on top.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a statement is tried that lost a conflict (serialization failure, deadlock) before it is a failure. 1–10,
    /// default 3.</summary>
    public int ConflictTries { get; set; } = 3;
}
