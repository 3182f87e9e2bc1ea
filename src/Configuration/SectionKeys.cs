namespace TaskerCore.Orleans.Configuration;

/// <summary>The keys of the configuration's sections.</summary>
internal static class SectionKeys
{
    public const string Root = "circuit_breakers";
    public const string Global = "global_settings";
    public const string Default = "default_config";
    public const string Components = "component_configs";

    /// <summary>All keys that are allowed right below <see cref="Root"/>: settings and sections.</summary>
    public static IReadOnlyList<string> InRoot { get; } = [.. SettingCatalog.Instance.Root.Select(setting => setting.Key), Global, Default, Components];
}
