using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client;

/// <summary>Which decision rejected a call.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RejectionKind>))]
public enum RejectionKind
{
    /// <summary>The circuit is open, forced open, or half-open without a free probe.</summary>
    [JsonStringEnumMemberName("circuit")]
    Circuit = 0,

    /// <summary>This worker's failures in a row reached the failure threshold, and the cluster has not answered the report of them yet: at most
    /// one renewal, 2 seconds by default.</summary>
    [JsonStringEnumMemberName("held")]
    Held = 1,

    /// <summary>The circuit is closed for other workers. This worker is isolated, and its own circuit is open
    /// (<see cref="BreakerMode.Isolated"/>).</summary>
    [JsonStringEnumMemberName("own")]
    Own = 2,
}
