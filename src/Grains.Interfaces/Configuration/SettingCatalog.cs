using System.Collections.Immutable;
using System.Globalization;

namespace TaskerCore.Orleans;

/// <summary>What kind of value a setting takes.</summary>
internal enum SettingKind
{
    /// <summary>A whole number.</summary>
    WholeNumber = 0,

    /// <summary>A number of seconds.</summary>
    Seconds = 1,

    /// <summary>A number of milliseconds.</summary>
    Milliseconds = 2,

    /// <summary>A share of calls.</summary>
    Rate = 3,

    /// <summary>True or false.</summary>
    Switch = 4,
}

/// <summary>One setting: its key, what it takes, and where it goes.</summary>
/// <typeparam name="T">The record that it is a part of.</typeparam>
/// <param name="Key">Its key in YAML.</param>
/// <param name="Kind">What kind of value it takes.</param>
/// <param name="Min">The least value; 0 for a switch.</param>
/// <param name="Max">The greatest value; 1 for a switch.</param>
/// <param name="Default">What holds where it is not set, as a reader would write it.</param>
/// <param name="Description">What it does, in one line.</param>
/// <param name="Apply">Puts the value into the record; a switch is 0 or 1.</param>
/// <param name="Take">Takes the value out of the record; null where it is not set.</param>
/// <param name="Derive">What holds where it is not set and another setting decides; null: none does.</param>
internal sealed record Setting<T>(
    string Key, SettingKind Kind, double Min, double Max, string Default, string Description, Func<T, double, T> Apply, Func<T, double?> Take, Func<T, double>? Derive = null)
{
    /// <summary>What is allowed, for a fault's message.</summary>
    public string Allowed => Kind switch
    {
        SettingKind.Switch => "true or false is allowed",
        SettingKind.WholeNumber => Invariant($"a whole number from {Min} to {Max} is allowed"),
        SettingKind.Rate => Invariant($"a number above 0 and up to {Max} is allowed"),
        SettingKind.Milliseconds => Invariant($"{Min} to {Max} milliseconds are allowed"),
        _ => Invariant($"{Min} to {Max} seconds are allowed"),
    };

    /// <summary>Reads a value as it stands in YAML or in an environment variable; null when it is not one of what is allowed.</summary>
    public double? Read(string text)
    {
        if (Kind == SettingKind.Switch)
        {
            return bool.TryParse(text, out var on) ? on ? 1 : 0 : null;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            return null;
        }

        return IsInRange(value) && (Kind != SettingKind.WholeNumber || double.IsInteger(value)) ? value : null;
    }

    /// <summary>The value that holds: the record's, else what other settings make of it; null: it is off.</summary>
    public double? InForce(T record) => Take(record) ?? Derive?.Invoke(record);

    /// <summary>Whether the record's value is not set, or one of what is allowed.</summary>
    public bool Holds(T record) => Take(record) is not { } value || IsInRange(value);

    private bool IsInRange(double value) => value <= Max && (Kind == SettingKind.Rate ? value > Min : value >= Min);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>Every setting there is: the one place that knows its key, default, range and meaning. Immutable.</summary>
internal sealed class SettingCatalog
{
    /// <summary>The one there is.</summary>
    public static SettingCatalog Instance { get; } = new();

    /// <summary>Under <c>circuit_breakers</c> itself.</summary>
    public ImmutableArray<Setting<CircuitBreakerConfiguration>> Root { get; } =
    [
        new("enabled", SettingKind.Switch, 0, 1, "true", "false: every call passes and is counted, nothing trips",
            (all, value) => all with { Enabled = value != 0 },
            all => all.Enabled ? 1 : 0),
    ];

    /// <summary>Under <c>global_settings</c>.</summary>
    public ImmutableArray<Setting<GlobalSettings>> Global { get; } =
    [
        new("max_circuit_breakers", SettingKind.WholeNumber, 1, 100_000, "50", "breakers that may exist; one more is refused",
            (global, value) => global with { MaxCircuitBreakers = (int)value },
            global => global.MaxCircuitBreakers),
        new("metrics_collection_interval_seconds", SettingKind.Seconds, 0.1, 3600, "30", "how often totals are stored",
            (global, value) => global with { MetricsCollectionInterval = TimeSpan.FromSeconds(value) },
            global => global.MetricsCollectionInterval.TotalSeconds),
        new("auto_create_enabled", SettingKind.Switch, 0, 1, "true", "false: a component that is not configured is refused",
            (global, value) => global with { AutoCreateEnabled = value != 0 },
            global => global.AutoCreateEnabled ? 1 : 0),
        new("min_state_transition_interval_seconds", SettingKind.Seconds, 0, 60, "1", "the least time between two automatic transitions",
            (global, value) => global with { MinStateTransitionInterval = TimeSpan.FromSeconds(value) },
            global => global.MinStateTransitionInterval.TotalSeconds),
    ];

    /// <summary>Under <c>default_config</c> and each of <c>component_configs</c>.</summary>
    public ImmutableArray<Setting<BreakerSettings>> Breaker { get; } =
    [
        new("failure_threshold", SettingKind.WholeNumber, 1, 100, "5", "consecutive failures that open the circuit",
            (breaker, value) => breaker with { FailureThreshold = (int)value },
            breaker => breaker.FailureThreshold),
        new("timeout_seconds", SettingKind.Seconds, 0.01, 86_400, "30", "how long the circuit stays open before it probes",
            (breaker, value) => breaker with { Timeout = TimeSpan.FromSeconds(value) },
            breaker => breaker.Timeout.TotalSeconds),
        new("success_threshold", SettingKind.WholeNumber, 1, 100, "2", "successful probes that close the circuit",
            (breaker, value) => breaker with { SuccessThreshold = (int)value },
            breaker => breaker.SuccessThreshold),
        new("half_open_max_probes", SettingKind.WholeNumber, 1, 1000, "success_threshold", "probes at any moment across the cluster",
            (breaker, value) => breaker with { HalfOpenMaxProbes = (int)value },
            breaker => breaker.HalfOpenMaxProbes,
            breaker => breaker.EffectiveMaxProbes),
        new("probe_lease_seconds", SettingKind.Seconds, 0.1, 3600, "timeout_seconds, clamped", "how long a probe permit lasts",
            (breaker, value) => breaker with { ProbeLease = TimeSpan.FromSeconds(value) },
            breaker => breaker.ProbeLease?.TotalSeconds,
            breaker => breaker.EffectiveProbeLease.TotalSeconds),
        new("failure_rate_threshold", SettingKind.Rate, 0, 1, "off", "failure rate over the window that opens the circuit",
            (breaker, value) => breaker with { FailureRateThreshold = value },
            breaker => breaker.FailureRateThreshold),
        new("slow_call_rate_threshold", SettingKind.Rate, 0, 1, "off", "slow-call rate over the window that opens the circuit",
            (breaker, value) => breaker with { SlowCallRateThreshold = value },
            breaker => breaker.SlowCallRateThreshold),
        new("window_seconds", SettingKind.Seconds, 1, 3600, "30", "the span over which rates are taken",
            (breaker, value) => breaker with { Window = TimeSpan.FromSeconds(value) },
            breaker => breaker.Window.TotalSeconds),
        new("minimum_calls", SettingKind.WholeNumber, 1, 1_000_000, "10", "calls in the window below which no rate opens the circuit",
            (breaker, value) => breaker with { MinimumCalls = (int)value },
            breaker => breaker.MinimumCalls),
        new("slow_call_duration_ms", SettingKind.Milliseconds, 1, 600_000, "off", "duration from which a call is slow",
            (breaker, value) => breaker with { SlowCallDuration = TimeSpan.FromMilliseconds(value) },
            breaker => breaker.SlowCallDuration?.TotalMilliseconds),
        new("isolate_lone_worker", SettingKind.Switch, 0, 1, "true", "isolates a worker that alone would open the circuit again",
            (breaker, value) => breaker with { IsolateLoneWorker = value != 0 },
            breaker => breaker.IsolateLoneWorker ? 1 : 0),
    ];
}
