using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The state of a breaker (S1).</summary>
/// <remarks>The numbers are those of the metric <c>taskercore.circuit_breaker.state</c>: up to 2 they rise with how little is admitted. In JSON, states are
/// names: <c>half_open</c>.</remarks>
[GenerateSerializer, Alias("tc.state")]
[JsonConverter(typeof(JsonStringEnumConverter<BreakerState>))]
public enum BreakerState : byte
{
    /// <summary>Calls pass; outcomes are watched.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed = 0,

    /// <summary>A few probes are admitted, counted across the whole cluster (S5).</summary>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen = 1,

    /// <summary>Every call is rejected until the timeout has passed (S3).</summary>
    [JsonStringEnumMemberName("open")]
    Open = 2,

    /// <summary>An operator rejects every call, until a release or the end of a TTL (S10).</summary>
    [JsonStringEnumMemberName("forced_open")]
    ForcedOpen = 3,

    /// <summary>An operator lets every call pass and nothing trips, until a release or the end of a TTL (S10).</summary>
    [JsonStringEnumMemberName("forced_closed")]
    ForcedClosed = 4,
}

/// <summary>What kind of state a state is.</summary>
public static class BreakerStateExtensions
{
    /// <summary>Whether only an operator sets this state (S1).</summary>
    public static bool IsForced(this BreakerState state) => state is BreakerState.ForcedOpen or BreakerState.ForcedClosed;

    /// <summary>Which of two states of the same command number stands after a split: the higher (C9).</summary>
    internal static int MergePriority(this BreakerState state) => state switch
    {
        BreakerState.ForcedOpen => 4,
        BreakerState.Open => 3,
        BreakerState.HalfOpen => 2,
        BreakerState.Closed => 1,
        _ => 0,
    };
}
