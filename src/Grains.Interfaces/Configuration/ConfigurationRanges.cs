namespace TaskerCore.Orleans;

/// <summary>Whether settings that came over the wire are whole and within the catalogue's ranges: those of a silo always are, for its
/// loader saw to it (S17).</summary>
internal static class ConfigurationRanges
{
    private const int MaxComponents = 100_000;

    /// <summary>Whether the whole configuration is good.</summary>
    public static bool Hold(CircuitBreakerConfiguration? configuration) =>
        configuration is { Global: { } global, Default: not null, Components: { Count: <= MaxComponents } components }
        && SettingCatalog.Instance.Global.All(setting => setting.Holds(global))
        && Hold(configuration.Default)
        && components.All(own => ComponentName.IsValid(own.Key) && Hold(own.Value));

    /// <summary>Whether what one breaker is to go by is good.</summary>
    public static bool Hold(BreakerPolicy? policy) =>
        policy is { Version: >= 0 }
        && Hold(policy.Settings)
        && SettingCatalog.Instance.Global.All(setting => setting.Holds(
            new GlobalSettings { MetricsCollectionInterval = policy.MetricsInterval, MinStateTransitionInterval = policy.MinTransitionInterval }));

    private static bool Hold(BreakerSettings? settings) => settings is not null && SettingCatalog.Instance.Breaker.All(setting => setting.Holds(settings));
}
