using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Why a breaker changed its state. Values are stored: add at the end, never renumber.</summary>
[GenerateSerializer, Alias("tc.cause")]
[JsonConverter(typeof(JsonStringEnumConverter<TransitionCause>))]
public enum TransitionCause : byte
{
    /// <summary>Consecutive failures reached the threshold (S2 a).</summary>
    [JsonStringEnumMemberName("consecutive_failures")]
    ConsecutiveFailures = 0,

    /// <summary>The failure rate over the window reached the threshold (S2 b).</summary>
    [JsonStringEnumMemberName("failure_rate")]
    FailureRate = 1,

    /// <summary>The slow-call rate over the window reached the threshold (S2 c).</summary>
    [JsonStringEnumMemberName("slow_call_rate")]
    SlowCallRate = 2,

    /// <summary>The open timeout has passed (S4).</summary>
    [JsonStringEnumMemberName("timeout_elapsed")]
    TimeoutElapsed = 3,

    /// <summary>Enough probes succeeded (S6).</summary>
    [JsonStringEnumMemberName("probes_succeeded")]
    ProbesSucceeded = 4,

    /// <summary>A probe failed (S6).</summary>
    [JsonStringEnumMemberName("probe_failed")]
    ProbeFailed = 5,

    /// <summary>A probe's lease ended without an outcome (S7).</summary>
    [JsonStringEnumMemberName("probe_lost")]
    ProbeLost = 6,

    /// <summary>Operator command (S10).</summary>
    [JsonStringEnumMemberName("force_open")]
    ForceOpen = 7,

    /// <summary>Operator command (S10).</summary>
    [JsonStringEnumMemberName("force_closed")]
    ForceClosed = 8,

    /// <summary>Operator command (S10).</summary>
    [JsonStringEnumMemberName("release")]
    Release = 9,

    /// <summary>The TTL of a forced state ended (S10).</summary>
    [JsonStringEnumMemberName("ttl_ended")]
    TtlEnded = 10,

    /// <summary>Operator command (S10).</summary>
    [JsonStringEnumMemberName("reset")]
    Reset = 11,

    /// <summary>Breakers were switched off by configuration.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled = 12,

    /// <summary>A new activation took over in half-open: the old permits are void (S7).</summary>
    [JsonStringEnumMemberName("takeover")]
    Takeover = 13,

    /// <summary>Two histories of one breaker, made on the two sides of a split, became one (C9).</summary>
    [JsonStringEnumMemberName("merged")]
    Merged = 14,

    /// <summary>One worker alone tripped the breaker again within an episode: it is isolated, and the breaker stays closed for the others (S25a).</summary>
    [JsonStringEnumMemberName("worker_isolated")]
    WorkerIsolated = 15,

    /// <summary>The own circuit of the isolated worker closed: its outcomes count again (S25a).</summary>
    [JsonStringEnumMemberName("worker_recovered")]
    WorkerRecovered = 16,

    /// <summary>The isolation ended without a recovery: another worker failed too, the isolated one disconnected, or the rule was switched off
    /// (S25a).</summary>
    [JsonStringEnumMemberName("isolation_ended")]
    IsolationEnded = 17,
}
