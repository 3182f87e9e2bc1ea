using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Specifies the state of a breaker.</summary>
/// <remarks>The numbers are the values of the metric <c>taskercore.circuit_breaker.state</c>. In JSON, states are names: <c>half_open</c>. Rule
/// S1: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Alias("tc.state")]
[JsonConverter(typeof(JsonStringEnumConverter<BreakerState>))]
public enum BreakerState : byte
{
    /// <summary>Calls pass, and their outcomes are observed.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed = 0,

    /// <summary>A limited number of probes passes, counted across the cluster.</summary>
    /// <remarks>Rule S5: see <c>docs/rules.md</c>.</remarks>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen = 1,

    /// <summary>Every call is rejected until the timeout has passed.</summary>
    /// <remarks>Rule S3: see <c>docs/rules.md</c>.</remarks>
    [JsonStringEnumMemberName("open")]
    Open = 2,

    /// <summary>An operator's state: every call is rejected until a release or the end of a TTL.</summary>
    /// <remarks>Rule S10: see <c>docs/rules.md</c>.</remarks>
    [JsonStringEnumMemberName("forced_open")]
    ForcedOpen = 3,

    /// <summary>An operator's state: every call passes and nothing trips, until a release or the end of a TTL.</summary>
    /// <remarks>Rule S10: see <c>docs/rules.md</c>.</remarks>
    [JsonStringEnumMemberName("forced_closed")]
    ForcedClosed = 4,
}

/// <summary>Provides extension methods for <see cref="BreakerState"/>.</summary>
public static class BreakerStateExtensions
{
    /// <summary>Returns whether only an operator sets this state.</summary>
    /// <remarks>Rule S1: see <c>docs/rules.md</c>.</remarks>
    public static bool IsForced(this BreakerState state) => state is BreakerState.ForcedOpen or BreakerState.ForcedClosed;

    /// <summary>Returns the rank of a state for reconciliation: of two states with the same command number, the higher one wins (C9).</summary>
    internal static int MergePriority(this BreakerState state) => state switch
    {
        BreakerState.ForcedOpen => 4,
        BreakerState.Open => 3,
        BreakerState.HalfOpen => 2,
        BreakerState.Closed => 1,
        _ => 0,
    };
}
