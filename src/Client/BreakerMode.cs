using System.Text.Json.Serialization;

namespace TaskerCore.Orleans.Client;

/// <summary>Who decides for a breaker in this worker.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BreakerMode>))]
public enum BreakerMode
{
    /// <summary>The cluster has not answered yet: this worker runs the rules for itself (C8, S19).</summary>
    [JsonStringEnumMemberName("starting")]
    Starting = 0,

    /// <summary>The cluster's authority decides; this worker follows its snapshots (C1).</summary>
    [JsonStringEnumMemberName("connected")]
    Connected = 1,

    /// <summary>The authority does not answer: this worker runs the same rules for itself (C8).</summary>
    [JsonStringEnumMemberName("local")]
    Local = 2,

    /// <summary>The cluster refuses to have this breaker: calls throw <see cref="BreakerRefusedException"/> (S19).</summary>
    [JsonStringEnumMemberName("refused")]
    Refused = 3,

    /// <summary>The cluster is closed for all but this worker, which alone opened the circuit more than once: its own circuit decides, until
    /// its own probes succeed (S25a).</summary>
    [JsonStringEnumMemberName("isolated")]
    Isolated = 4,
}
