using TaskerCore.Orleans.Grains.Interfaces.Telemetry;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Configuration;

/// <summary>One setting of a report. Property names in snake_case are those of the HTTP API and of the command line's JSON.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">A number, true or false; null: it is off.</param>
/// <param name="Section">The section that gives it, or that it would stand in; empty: <c>circuit_breakers</c> itself; null: it is not known which.</param>
/// <param name="Layer"><c>built_in</c>, <c>file</c>, <c>variable</c> or <c>other_silo</c>.</param>
/// <param name="Source"><c>file:line:column</c>, or the variable's name; null where neither is known.</param>
internal sealed record SettingReport(string Key, object? Value, string? Section, string Layer, string? Source)
{
    /// <summary>Tells of a setting.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="show">How a file is named.</param>
    public static SettingReport Of(EffectiveSetting setting, Func<string, string> show) => new(
        setting.Key,
        setting.Kind == SettingKind.Switch ? setting.Value != 0 : setting.Value,
        setting.Section,
        setting.Origin.Layer,
        setting.Origin switch
        {
            SettingOrigin.InFile place => (place with { File = show(place.File) }).ToString(),
            SettingOrigin.Variable variable => variable.Name,
            _ => null,
        });
}

/// <summary>What settings hold, for one component or in all, and where each comes from.</summary>
/// <param name="Name">The component; null: the whole configuration.</param>
/// <param name="Configured">Whether the component counts as configured; null with the whole.</param>
/// <param name="Components">The components that are configured.</param>
/// <param name="Version">The number of the settings in force; null: no cluster was asked.</param>
/// <param name="InForce">Whether the files told of are the ones in force; null: no cluster was asked.</param>
/// <param name="Environment">The environment whose overlay was laid over.</param>
/// <param name="Files">The files.</param>
/// <param name="Settings">What holds.</param>
/// <param name="Superseded">What these files say otherwise, where they are not the ones in force.</param>
internal sealed record ConfigurationReport(
    string? Name,
    bool? Configured,
    IReadOnlyList<string> Components,
    long? Version,
    bool? InForce,
    string Environment,
    IReadOnlyList<string> Files,
    IReadOnlyList<SettingReport> Settings,
    IReadOnlyList<SettingReport> Superseded)
{
    /// <summary>Where this silo's files stand: <c>in_force</c>, <c>superseded</c>, or <c>refused</c> where an edit of them is; null: no cluster was asked.</summary>
    public string? State { get; init; }

    /// <summary>Since when the settings in force are; null: it is not known.</summary>
    public DateTimeOffset? InForceSince { get; init; }

    /// <summary>The silo that brought the settings in force; null: it is not known.</summary>
    public string? InForceFrom { get; init; }

    /// <summary>The edit of this silo's files that is refused; null: none.</summary>
    public RefusedReport? Refused { get; init; }

    /// <summary>Where each silo's own settings stand, by address, as they reported in the last seconds; null: no cluster was asked.</summary>
    public IReadOnlyList<SiloReport>? Silos { get; init; }

    /// <summary>That silos run with different environments; null: they do not.</summary>
    public string? DifferentEnvironments { get; init; }

    /// <summary>Tells of files alone.</summary>
    /// <param name="loaded">What was loaded.</param>
    /// <param name="component">A valid component name; null: the whole.</param>
    public static ConfigurationReport Of(LoadedConfiguration loaded, string? component) =>
        Of(loaded, loaded.Configuration, loaded.Layers, component, path => path);

    /// <summary>Tells of what is in force in the cluster, beside a silo's files. Files go by their names: where they lie is the server's affair.</summary>
    /// <param name="loaded">What the silo's files say.</param>
    /// <param name="inForce">What is in force.</param>
    /// <param name="component">A valid component name; null: the whole.</param>
    /// <param name="refused">The edit of the silo's files that is refused; null: none.</param>
    /// <param name="silo">The silo's address; null: it has none yet.</param>
    public static ConfigurationReport Of(
        LoadedConfiguration loaded, ConfigurationInForce inForce, string? component, RefusedEdit? refused = null, string? silo = null)
    {
        var isOurs = inForce.ContentHash == loaded.ContentHash;
        var report = Of(loaded, inForce.Configuration, isOurs ? loaded.Layers : null, component, NameOf) with
        {
            Version = inForce.Version,
            InForce = isOurs,
            State = SnakeCase.Of(refused is not null ? ConfigurationState.Refused : isOurs ? ConfigurationState.InForce : ConfigurationState.Superseded),
            InForceSince = inForce.Overview?.Since,
            InForceFrom = inForce.Overview?.From,
            Refused = refused is null ? null : RefusedReport.Of(refused),
            Silos = inForce.Overview is { } overview ? [.. overview.Silos.Select(each => SiloReport.Of(each, overview, isThis: each.Silo == silo))] : null,
            DifferentEnvironments = inForce.Overview?.DifferentEnvironments,
        };
        var own = Of(loaded, loaded.Configuration, loaded.Layers, component, NameOf).Settings;
        return isOurs ? report : report with { Superseded = [.. own.Where(setting => !report.Settings.Any(other => IsSame(setting, other)))] };
    }

    private static ConfigurationReport Of(
        LoadedConfiguration loaded, CircuitBreakerConfiguration holds, ConfigurationLayer? layers, string? component, Func<string, string> show)
    {
        var settings = component is null ? EffectiveSettings.All(holds, layers) : EffectiveSettings.For(component, holds, layers);
        return new(
            component,
            component is null ? null : holds.IsConfigured(component),
            [.. holds.Components.Keys],
            Version: null,
            InForce: null,
            loaded.EnvironmentName,
            [.. loaded.Files.Select(show)],
            [.. settings.Select(setting => SettingReport.Of(setting, show))],
            Superseded: []);
    }

    private static bool IsSame(SettingReport one, SettingReport other) =>
        one.Key == other.Key && Equals(one.Value, other.Value) && (other.Section is null || other.Section == one.Section);

    private static string NameOf(string path) => Path.GetFileName(path);
}
