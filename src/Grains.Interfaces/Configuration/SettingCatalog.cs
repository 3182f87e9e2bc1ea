using System.Collections.Immutable;
using System.Globalization;

namespace TaskerCore.Orleans;

/// <summary>Specifies the kind of value that a setting accepts.</summary>
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

/// <summary>One setting: its key, the values it accepts, and its place in the configuration.</summary>
/// <typeparam name="T">The record that contains it.</typeparam>
/// <param name="Key">Its key in YAML.</param>
/// <param name="Kind">The kind of its value.</param>
/// <param name="Min">The smallest value; 0 for a switch.</param>
/// <param name="Max">The largest value; 1 for a switch.</param>
/// <param name="Default">The value if it is not set, as a reader would write it.</param>
/// <param name="Description">Its effect, in one line.</param>
/// <param name="Apply">Writes the value into the record; a switch is 0 or 1.</param>
/// <param name="Take">Reads the value from the record; null if it is not set.</param>
/// <param name="Derive">Computes the value from other settings if it is not set; null if no other setting decides.</param>
internal sealed record Setting<T>(
    string Key, SettingKind Kind, double Min, double Max, string Default, string Description, Func<T, double, T> Apply, Func<T, double?> Take, Func<T, double>? Derive = null)
{
    /// <summary>Gets the allowed values, for a fault's message.</summary>
    public string Allowed => Kind switch
    {
        SettingKind.Switch => "true or false is allowed",
        SettingKind.WholeNumber => Invariant($"a whole number from {Min} to {Max} is allowed"),
        SettingKind.Rate => Invariant($"a number above 0 and up to {Max} is allowed"),
        SettingKind.Milliseconds => Invariant($"{Min} to {Max} milliseconds are allowed"),
        _ => Invariant($"{Min} to {Max} seconds are allowed"),
    };

    /// <summary>Parses a value from YAML or from an environment variable; null if it is not allowed.</summary>
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

    /// <summary>Returns the effective value: the record's, otherwise the one derived from other settings; null if the setting is off.</summary>
    public double? InForce(T record) => Take(record) ?? Derive?.Invoke(record);

    /// <summary>Returns whether the record's value is not set or is in range.</summary>
    public bool Holds(T record) => Take(record) is not { } value || IsInRange(value);

    private bool IsInRange(double value) => value <= Max && (Kind == SettingKind.Rate ? value > Min : value >= Min);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>The catalogue of all settings: the only place that defines their keys, defaults, ranges and meanings. Immutable.</summary>
internal sealed class SettingCatalog
{
    /// <summary>The only instance.</summary>
    public static SettingCatalog Instance { get; } = new();

    /// <summary>The settings under <c>circuit_breakers</c> itself.</summary>
    public ImmutableArray<Setting<CircuitBreakerConfiguration>> Root { get; } =
    [
        new("enabled", SettingKind.Switch, 0, 1, "true", "if false, every call passes and is counted, and nothing trips",
            (all, value) => all with { Enabled = value != 0 },
            all => all.Enabled ? 1 : 0),
    ];

    /// <summary>The settings under <c>global_settings</c>.</summary>
    public ImmutableArray<Setting<GlobalSettings>> Global { get; } =
    [
        new("max_circuit_breakers", SettingKind.WholeNumber, 1, 100_000, "50", "largest number of breakers; further ones are refused",
            (global, value) => global with { MaxCircuitBreakers = (int)value },
            global => global.MaxCircuitBreakers),
        new("metrics_collection_interval_seconds", SettingKind.Seconds, 0.1, 3600, "30", "interval at which totals are stored",
            (global, value) => global with { MetricsCollectionInterval = TimeSpan.FromSeconds(value) },
            global => global.MetricsCollectionInterval.TotalSeconds),
        new("auto_create_enabled", SettingKind.Switch, 0, 1, "true", "if false, components that are not configured are refused",
            (global, value) => global with { AutoCreateEnabled = value != 0 },
            global => global.AutoCreateEnabled ? 1 : 0),
        new("min_state_transition_interval_seconds", SettingKind.Seconds, 0, 60, "1", "shortest time between two automatic transitions",
            (global, value) => global with { MinStateTransitionInterval = TimeSpan.FromSeconds(value) },
            global => global.MinStateTransitionInterval.TotalSeconds),
    ];

    /// <summary>The settings under <c>default_config</c> and each of <c>component_configs</c>.</summary>
    public ImmutableArray<Setting<BreakerSettings>> Breaker { get; } =
    [
        new("failure_threshold", SettingKind.WholeNumber, 1, 100, "5", "consecutive failures that open the circuit",
            (breaker, value) => breaker with { FailureThreshold = (int)value },
            breaker => breaker.FailureThreshold),
        new("timeout_seconds", SettingKind.Seconds, 0.01, 86_400, "30", "time in open before the circuit probes",
            (breaker, value) => breaker with { OpenDuration = TimeSpan.FromSeconds(value) },
            breaker => breaker.OpenDuration.TotalSeconds),
        new("success_threshold", SettingKind.WholeNumber, 1, 100, "2", "successful probes that close the circuit",
            (breaker, value) => breaker with { SuccessThreshold = (int)value },
            breaker => breaker.SuccessThreshold),
        new("half_open_max_probes", SettingKind.WholeNumber, 1, 1000, "success_threshold", "probes under way at the same time across the cluster",
            (breaker, value) => breaker with { HalfOpenMaxProbes = (int)value },
            breaker => breaker.HalfOpenMaxProbes,
            breaker => breaker.EffectiveMaxProbes),
        new("probe_lease_seconds", SettingKind.Seconds, 0.1, 3600, "timeout_seconds, clamped", "lifetime of a probe permit",
            (breaker, value) => breaker with { ProbeLease = TimeSpan.FromSeconds(value) },
            breaker => breaker.ProbeLease?.TotalSeconds,
            breaker => breaker.EffectiveProbeLease.TotalSeconds),
        new("failure_rate_threshold", SettingKind.Rate, 0, 1, "off", "failure rate over the window that opens the circuit",
            (breaker, value) => breaker with { FailureRateThreshold = value },
            breaker => breaker.FailureRateThreshold),
        new("slow_call_rate_threshold", SettingKind.Rate, 0, 1, "off", "slow-call rate over the window that opens the circuit",
            (breaker, value) => breaker with { SlowCallRateThreshold = value },
            breaker => breaker.SlowCallRateThreshold),
        new("window_seconds", SettingKind.Seconds, 1, 3600, "30", "period over which rates are computed",
            (breaker, value) => breaker with { Window = TimeSpan.FromSeconds(value) },
            breaker => breaker.Window.TotalSeconds),
        new("minimum_calls", SettingKind.WholeNumber, 1, 1_000_000, "10", "calls in the window that a rate rule needs",
            (breaker, value) => breaker with { MinimumCalls = (int)value },
            breaker => breaker.MinimumCalls),
        new("slow_call_duration_ms", SettingKind.Milliseconds, 1, 600_000, "off", "duration from which a call counts as slow",
            (breaker, value) => breaker with { SlowCallDuration = TimeSpan.FromMilliseconds(value) },
            breaker => breaker.SlowCallDuration?.TotalMilliseconds),
        new("isolate_lone_worker", SettingKind.Switch, 0, 1, "true", "whether a worker that alone would open the circuit again is isolated instead",
            (breaker, value) => breaker with { IsolateLoneWorker = value != 0 },
            breaker => breaker.IsolateLoneWorker ? 1 : 0),
    ];
}
