using System.Text.Json;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>How <see cref="ProtectedPgmqClient"/> works.</summary>
public sealed class ProtectedPgmqOptions
{
    /// <summary>Which breakers guard it. Default <see cref="PgmqBreakerScope.Shared"/>.</summary>
    public PgmqBreakerScope Scope { get; set; } = PgmqBreakerScope.Shared;

    /// <summary>How messages become JSON. Default: the web defaults (camelCase).</summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Web;

    /// <summary>How long a statement may take; what exceeds it is a failure. 1–600 s, default 30 s. A polling read gets its polling time
    /// on top.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a statement is tried that lost a conflict (serialization failure, deadlock) before it is a failure. 1–10,
    /// default 3.</summary>
    public int ConflictTries { get; set; } = 3;

    internal void Validate()
    {
        if (CommandTimeout < TimeSpan.FromSeconds(1) || CommandTimeout > TimeSpan.FromSeconds(600))
        {
            throw new ArgumentOutOfRangeException(nameof(CommandTimeout), CommandTimeout, "CommandTimeout must be 1-600 seconds.");
        }

        if (ConflictTries is < 1 or > 10)
        {
            throw new ArgumentOutOfRangeException(nameof(ConflictTries), ConflictTries, "ConflictTries must be 1-10.");
        }
    }
}
