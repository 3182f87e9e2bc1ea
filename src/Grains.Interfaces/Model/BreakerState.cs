using Orleans;

namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>The state of a breaker (S1).</summary>
[GenerateSerializer, Alias("tc.state")]
public enum BreakerState : byte
{
    /// <summary>Calls pass; outcomes are watched.</summary>
    Closed = 0,

    /// <summary>Every call is rejected until the timeout has passed (S3).</summary>
    Open = 1,

    /// <summary>A few probes are admitted, counted across the whole cluster (S5).</summary>
    HalfOpen = 2,

    /// <summary>An operator rejects every call, until a release or the end of a TTL (S10).</summary>
    ForcedOpen = 3,

    /// <summary>An operator lets every call pass and nothing trips, until a release or the end of a TTL (S10).</summary>
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
