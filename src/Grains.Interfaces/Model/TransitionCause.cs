using System.Text.Json.Serialization;
using Orleans;

namespace TaskerCore.Orleans;

/// <summary>Specifies why a breaker changed its state.</summary>
/// <remarks>Values are persisted: add new ones at the end and never renumber. Rules S2, S4, S6, S7, S10, S25a and C9: see
/// <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Alias("tc.cause")]
[JsonConverter(typeof(JsonStringEnumConverter<TransitionCause>))]
public enum TransitionCause : byte
{
    /// <summary>Consecutive failures reached the threshold.</summary>
    [JsonStringEnumMemberName("consecutive_failures")]
    ConsecutiveFailures = 0,

    /// <summary>The failure rate over the window reached the threshold.</summary>
    [JsonStringEnumMemberName("failure_rate")]
    FailureRate = 1,

    /// <summary>The slow-call rate over the window reached the threshold.</summary>
    [JsonStringEnumMemberName("slow_call_rate")]
    SlowCallRate = 2,

    /// <summary>The open timeout passed.</summary>
    [JsonStringEnumMemberName("timeout_elapsed")]
    TimeoutElapsed = 3,

    /// <summary>Enough probes succeeded.</summary>
    [JsonStringEnumMemberName("probes_succeeded")]
    ProbesSucceeded = 4,

    /// <summary>A probe failed.</summary>
    [JsonStringEnumMemberName("probe_failed")]
    ProbeFailed = 5,

    /// <summary>A probe's lease expired without an outcome.</summary>
    [JsonStringEnumMemberName("probe_lost")]
    ProbeLost = 6,

    /// <summary>An operator forced the breaker open.</summary>
    [JsonStringEnumMemberName("force_open")]
    ForceOpen = 7,

    /// <summary>An operator forced the breaker closed.</summary>
    [JsonStringEnumMemberName("force_closed")]
    ForceClosed = 8,

    /// <summary>An operator released the breaker.</summary>
    [JsonStringEnumMemberName("release")]
    Release = 9,

    /// <summary>The TTL of a forced state ended.</summary>
    [JsonStringEnumMemberName("ttl_ended")]
    TtlEnded = 10,

    /// <summary>An operator reset the breaker.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset = 11,

    /// <summary>The configuration disabled the breakers.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled = 12,

    /// <summary>A new activation took over in half-open; earlier permits are void.</summary>
    [JsonStringEnumMemberName("takeover")]
    Takeover = 13,

    /// <summary>The two histories of a split became one.</summary>
    [JsonStringEnumMemberName("merged")]
    Merged = 14,

    /// <summary>One worker alone would have tripped the breaker again in the same episode: it is isolated, and the breaker stays closed for the
    /// others.</summary>
    [JsonStringEnumMemberName("worker_isolated")]
    WorkerIsolated = 15,

    /// <summary>The isolated worker's own circuit closed; its outcomes count again.</summary>
    [JsonStringEnumMemberName("worker_recovered")]
    WorkerRecovered = 16,

    /// <summary>The isolation ended without recovery: another worker failed too, the isolated worker disconnected, or isolation was
    /// disabled.</summary>
    [JsonStringEnumMemberName("isolation_ended")]
    IsolationEnded = 17,
}
