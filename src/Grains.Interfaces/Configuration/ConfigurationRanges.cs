namespace TaskerCore.Orleans;

/// <summary>Validates settings that arrive over the wire against the catalogue's ranges. A silo's loader has validated its own (S17).</summary>
internal static class ConfigurationRanges
{
    private const int MaxComponents = 100_000;

    /// <summary>Returns whether the whole configuration is complete and in range.</summary>
    public static bool Hold(CircuitBreakerConfiguration? configuration) =>
        configuration is { Global: { } global, Default: not null, Components: { Count: <= MaxComponents } components }
        && SettingCatalog.Instance.Global.All(setting => setting.Holds(global))
        && Hold(configuration.Default)
        && components.All(own => ComponentName.IsValid(own.Key) && Hold(own.Value));

    /// <summary>Returns whether the settings of one breaker are complete and in range.</summary>
    public static bool Hold(BreakerPolicy? policy) =>
        policy is { Version: >= 0 }
        && Hold(policy.Settings)
        && SettingCatalog.Instance.Global.All(setting => setting.Holds(
            new GlobalSettings { MetricsCollectionInterval = policy.MetricsInterval, MinStateTransitionInterval = policy.MinTransitionInterval }));

    private static bool Hold(BreakerSettings? settings) => settings is not null && SettingCatalog.Instance.Breaker.All(setting => setting.Holds(settings));
}
