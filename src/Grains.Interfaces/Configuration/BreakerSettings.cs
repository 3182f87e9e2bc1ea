using Orleans;

namespace TaskerCore.Orleans;

/// <summary>The settings of one breaker: what trips it, how long it stays open, how it recovers (S2–S7, S15).</summary>
/// <remarks>Immutable and safe to share between threads. Ranges are checked where settings enter (the YAML loader, the
/// client's options); a value in here is taken to be in range.</remarks>
[GenerateSerializer, Immutable, Alias("tc.settings")]
public sealed record BreakerSettings
{
    /// <summary>Consecutive failures that trip a closed breaker (S2 a). 1–100, default 5.</summary>
    [Id(0)] public int FailureThreshold { get; init; } = 5;

    /// <summary>How long an open breaker rejects before it probes (S3). 0.01–86,400 s, default 30 s.</summary>
    [Id(1)] public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Successful probes that close a half-open breaker (S6). 1–100, default 2.</summary>
    [Id(2)] public int SuccessThreshold { get; init; } = 2;

    /// <summary>Probes admitted at any moment across the cluster (S5). 1–1,000; null means <see cref="SuccessThreshold"/>.</summary>
    [Id(3)] public int? HalfOpenMaxProbes { get; init; }

    /// <summary>How long a probe permit lasts (S7). 0.1–3,600 s; null means <see cref="Timeout"/> clamped to that range.</summary>
    [Id(4)] public TimeSpan? ProbeLease { get; init; }

    /// <summary>Failure rate, in (0, 1], that trips a closed breaker (S2 b). Null, the default, switches the rule off.</summary>
    [Id(5)] public double? FailureRateThreshold { get; init; }

    /// <summary>Slow-call rate, in (0, 1], that trips a closed breaker (S2 c). Null, the default, switches the rule off.</summary>
    [Id(6)] public double? SlowCallRateThreshold { get; init; }

    /// <summary>The span over which rates are taken (S2 b, c). 1–3,600 s, default 30 s.</summary>
    [Id(7)] public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls in the window below which no rate trips (S2 b, c). 1–1,000,000, default 10.</summary>
    [Id(8)] public int MinimumCalls { get; init; } = 10;

    /// <summary>Duration from which a call is slow (S2 c). 1–600,000 ms; null, the default, measures no durations.</summary>
    [Id(9)] public TimeSpan? SlowCallDuration { get; init; }

    /// <summary>Whether a worker that trips the breaker alone a second time within an episode is isolated instead of opening the circuit for
    /// all (S25a). Default true.</summary>
    [Id(10)] public bool IsolateLoneWorker { get; init; } = true;

    /// <summary>The probe budget in force: <see cref="HalfOpenMaxProbes"/>, else <see cref="SuccessThreshold"/>.</summary>
    public int EffectiveMaxProbes => HalfOpenMaxProbes ?? SuccessThreshold;

    /// <summary>The lease in force: <see cref="ProbeLease"/>, else <see cref="Timeout"/> clamped to 0.1–3,600 s.</summary>
    public TimeSpan EffectiveProbeLease =>
        ProbeLease ?? TimeSpan.FromTicks(Math.Clamp(Timeout.Ticks, TimeSpan.TicksPerMillisecond * 100, TimeSpan.TicksPerHour));

    /// <summary>Whether a rate rule is configured, so that workers report often enough for its window (C2).</summary>
    public bool HasRateRule => FailureRateThreshold is not null || SlowCallRateThreshold is not null;
}
