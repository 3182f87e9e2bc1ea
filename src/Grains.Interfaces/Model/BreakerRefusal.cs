using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Why the cluster refuses to have a breaker for a component (S19).</summary>
[GenerateSerializer, Alias("tc.refusal-kind")]
[JsonConverter(typeof(JsonStringEnumConverter<RefusalKind>))]
public enum RefusalKind : byte
{
    /// <summary>The component is not configured and <c>auto_create_enabled</c> is false.</summary>
    [JsonStringEnumMemberName("not_configured")]
    NotConfigured = 0,

    /// <summary><c>max_circuit_breakers</c> breakers exist already.</summary>
    [JsonStringEnumMemberName("limit_reached")]
    LimitReached = 1,

    /// <summary>The name is not a component name.</summary>
    [JsonStringEnumMemberName("invalid_name")]
    InvalidName = 2,

    /// <summary>Nobody has used the component, no settings name it, and the command does not create breakers.</summary>
    [JsonStringEnumMemberName("not_found")]
    NotFound = 3,
}

/// <summary>A refusal: why, and in words that name the fix.</summary>
[GenerateSerializer, Immutable, Alias("tc.refusal")]
public sealed record BreakerRefusal([property: Id(0)] RefusalKind Kind, [property: Id(1)] string Message);
