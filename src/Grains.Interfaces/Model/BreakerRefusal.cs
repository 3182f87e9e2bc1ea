using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Specifies why the cluster refuses a breaker.</summary>
/// <remarks>Rule S19: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Alias("tc.refusal-kind")]
[JsonConverter(typeof(JsonStringEnumConverter<RefusalKind>))]
public enum RefusalKind : byte
{
    /// <summary>The component is not configured and <c>auto_create_enabled</c> is false.</summary>
    [JsonStringEnumMemberName("not_configured")]
    NotConfigured = 0,

    /// <summary>The limit <c>max_circuit_breakers</c> is reached.</summary>
    [JsonStringEnumMemberName("limit_reached")]
    LimitReached = 1,

    /// <summary>The name is not a valid component name.</summary>
    [JsonStringEnumMemberName("invalid_name")]
    InvalidName = 2,

    /// <summary>No worker has used the component, no settings contain it, and the command does not create breakers.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound = 3,
}

/// <summary>A refusal: its kind, and a message with the remedy.</summary>
[GenerateSerializer, Immutable, Alias("tc.refusal")]
public sealed record BreakerRefusal([property: Id(0)] RefusalKind Kind, [property: Id(1)] string Message);
