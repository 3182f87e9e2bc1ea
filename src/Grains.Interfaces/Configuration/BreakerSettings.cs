using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The settings of one breaker: what trips it, how long it stays open, how it recovers.</summary>
/// <remarks>Immutable and thread-safe. Ranges are checked where settings are read (the YAML loader, the client's options), not here. Rules S2–S7
/// and S15: see <c>docs/rules.md</c>.</remarks>
[GenerateSerializer, Immutable, Alias("tc.settings")]
public sealed record BreakerSettings
{
    /// <summary>Gets the number of consecutive failures that trips a closed breaker. 1–100. The default value is 5.</summary>
    /// <remarks>Rule S2 (a): see <c>docs/rules.md</c>.</remarks>
    [Id(0)] public int FailureThreshold { get; init; } = 5;

    /// <summary>Gets the time that an open breaker rejects calls before it probes. 0.01–86,400 s. The default value is 30 s.</summary>
    /// <remarks>Rule S3: see <c>docs/rules.md</c>.</remarks>
    [Id(1)] public TimeSpan OpenDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the number of successful probes that closes a half-open breaker. 1–100. The default value is 2.</summary>
    /// <remarks>Rule S6: see <c>docs/rules.md</c>.</remarks>
    [Id(2)] public int SuccessThreshold { get; init; } = 2;

    /// <summary>Gets the number of probes admitted at the same time across the cluster. 1–1,000; null for <see cref="SuccessThreshold"/>. The
    /// default value is null.</summary>
    /// <remarks>Rule S5: see <c>docs/rules.md</c>.</remarks>
    [Id(3)] public int? HalfOpenMaxProbes { get; init; }

    /// <summary>Gets the lifetime of a probe permit. 0.1–3,600 s; null for <see cref="OpenDuration"/>, limited to that range. The default value is
    /// null.</summary>
    /// <remarks>Rule S7: see <c>docs/rules.md</c>.</remarks>
    [Id(4)] public TimeSpan? ProbeLease { get; init; }

    /// <summary>Gets the failure rate that trips a closed breaker: above 0, at most 1. The default value is null, which disables the rule.</summary>
    /// <remarks>Rule S2 (b): see <c>docs/rules.md</c>.</remarks>
    [Id(5)] public double? FailureRateThreshold { get; init; }

    /// <summary>Gets the slow-call rate that trips a closed breaker: above 0, at most 1. The default value is null, which disables the
    /// rule.</summary>
    /// <remarks>Rule S2 (c): see <c>docs/rules.md</c>.</remarks>
    [Id(6)] public double? SlowCallRateThreshold { get; init; }

    /// <summary>Gets the period over which rates are computed. 1–3,600 s. The default value is 30 s.</summary>
    /// <remarks>Rules S2 (b) and S2 (c): see <c>docs/rules.md</c>.</remarks>
    [Id(7)] public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the number of calls in the window that a rate rule needs. 1–1,000,000. The default value is 10.</summary>
    /// <remarks>Rules S2 (b) and S2 (c): see <c>docs/rules.md</c>.</remarks>
    [Id(8)] public int MinimumCalls { get; init; } = 10;

    /// <summary>Gets the duration from which a call is slow. 1–600,000 ms. The default value is null: durations are not measured.</summary>
    /// <remarks>Rule S2 (c): see <c>docs/rules.md</c>.</remarks>
    [Id(9)] public TimeSpan? SlowCallDuration { get; init; }

    /// <summary>Gets whether a worker that alone would trip the breaker again in the same episode is isolated instead. The default value is
    /// true.</summary>
    /// <remarks>Rule S25a: see <c>docs/rules.md</c>.</remarks>
    [Id(10)] public bool IsolateLoneWorker { get; init; } = true;

    /// <summary>Gets the effective probe limit: <see cref="HalfOpenMaxProbes"/>, otherwise <see cref="SuccessThreshold"/>.</summary>
    public int EffectiveMaxProbes => HalfOpenMaxProbes ?? SuccessThreshold;

    /// <summary>Gets the effective lease: <see cref="ProbeLease"/>, otherwise <see cref="OpenDuration"/> limited to 0.1–3,600 s.</summary>
    public TimeSpan EffectiveProbeLease =>
        ProbeLease ?? TimeSpan.FromTicks(Math.Clamp(OpenDuration.Ticks, TimeSpan.TicksPerMillisecond * 100, TimeSpan.TicksPerHour));

    /// <summary>Gets whether a rate rule is configured. Workers then report more often.</summary>
    /// <remarks>Rule C2: see <c>docs/rules.md</c>.</remarks>
    public bool HasRateRule => FailureRateThreshold is not null || SlowCallRateThreshold is not null;
}
