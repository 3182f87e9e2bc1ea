namespace TaskerCore.Orleans.Configuration;

/// <summary>A setting as it holds, and where it comes from.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Kind">What kind of value it takes.</param>
/// <param name="Value">What holds; a switch is 0 or 1. Null: it is off.</param>
/// <param name="Section">The section that gives it, as <c>component_configs.pgmq</c>, or that it would stand in; empty: <c>circuit_breakers</c>
/// itself; null: it is not known which.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record EffectiveSetting(string Key, SettingKind Kind, double? Value, string? Section, SettingOrigin Origin);

/// <summary>Says of each setting what holds and which layer it came from (S15, S16).</summary>
internal static class EffectiveSettings
{
    /// <summary>The settings of a component, and those that hold for every breaker.</summary>
    /// <param name="component">A valid component name.</param>
    /// <param name="configuration">What holds.</param>
    /// <param name="layers">The layers that it was made of; null: it is another silo's.</param>
    public static IReadOnlyList<EffectiveSetting> For(string component, CircuitBreakerConfiguration configuration, ConfigurationLayer? layers)
    {
        Section[] own = configuration.ConfiguredName(component) is { } name ? [new(Component(name), layers?.Components.GetValueOrDefault(name))] : [];
        return
        [
            .. Common(configuration, layers),
            .. Each(
                SettingCatalog.Instance.Breaker, configuration.SettingsFor(component), layers, [.. own, new Section(SectionKeys.Default, layers?.Default)]),
        ];
    }

    /// <summary>All settings there are: the common ones, the default's, and of each component those of its own.</summary>
    /// <param name="configuration">What holds.</param>
    /// <param name="layers">The layers that it was made of; null: it is another silo's, and a component's own are those that differ
    /// from the default.</param>
    public static IReadOnlyList<EffectiveSetting> All(CircuitBreakerConfiguration configuration, ConfigurationLayer? layers) =>
    [
        .. Common(configuration, layers),
        .. Each(SettingCatalog.Instance.Breaker, configuration.Default, layers, new Section(SectionKeys.Default, layers?.Default)),
        .. configuration.Components.SelectMany(own => Own(own.Key, own.Value, configuration.Default, layers)),
    ];

    private static IEnumerable<EffectiveSetting> Common(CircuitBreakerConfiguration configuration, ConfigurationLayer? layers) =>
    [
        .. Each(SettingCatalog.Instance.Root, configuration, layers, new Section(string.Empty, layers?.Root)),
        .. Each(SettingCatalog.Instance.Global, configuration.Global, layers, new Section(SectionKeys.Global, layers?.Global)),
    ];

    private static IEnumerable<EffectiveSetting> Own(string name, BreakerSettings settings, BreakerSettings common, ConfigurationLayer? layers)
    {
        var given = layers?.Components.GetValueOrDefault(name);
        var own = SettingCatalog.Instance.Breaker.Where(setting =>
            layers is null ? setting.Take(settings) != setting.Take(common) : given?.ContainsKey(setting.Key) is true);
        return Each(own, settings, layers, new Section(Component(name), given));
    }

    /// <summary>Each setting with the first of the sections that gives it; what none gives is built in, as if the last did.</summary>
    private static IEnumerable<EffectiveSetting> Each<T>(
        IEnumerable<Setting<T>> settings, T record, ConfigurationLayer? layers, params IReadOnlyList<Section> sections) =>
        settings.Select(setting =>
        {
            var giver = sections.FirstOrDefault(section => section.Values?.ContainsKey(setting.Key) is true);
            var (section, origin) = giver is { Name: var name, Values: { } values } ? (name, values[setting.Key].Origin)
                : layers is not null ? (sections[^1].Name, SettingOrigin.BuiltIn.Instance)
                : (sections is [var only] ? only.Name : null, (SettingOrigin)SettingOrigin.OtherSilo.Instance);
            return new EffectiveSetting(setting.Key, setting.Kind, setting.InForce(record), section, origin);
        });

    private static string Component(string name) => $"{SectionKeys.Components}.{name}";

    private sealed record Section(string Name, Dictionary<string, LayerValue>? Values);
}
