using System.Collections;
using System.Collections.Immutable;

namespace TaskerCore.Orleans.Configuration;

/// <summary>A configuration as loaded.</summary>
/// <param name="Configuration">What holds, merged and checked.</param>
/// <param name="Layers">The merged layers, each value with its origin.</param>
/// <param name="EnvironmentName">The environment that it was loaded for.</param>
/// <param name="Inputs">The files that it came from, as they were read.</param>
/// <param name="Endings">How each of them ends.</param>
internal sealed record LoadedConfiguration(
    CircuitBreakerConfiguration Configuration,
    ConfigurationLayer Layers,
    string EnvironmentName,
    ConfigurationInputs Inputs,
    IReadOnlyList<ContentEnding> Endings)
{
    /// <summary>That of <see cref="Configuration"/>, taken once: it is asked for with each question about settings.</summary>
    public string ContentHash { get; } = Configuration.ContentHash();

    /// <summary>The paths of the files.</summary>
    public IReadOnlyList<string> Files { get; } = [.. Inputs.All.Select(input => input.Path)];

    /// <summary>Changes with each change of the files' content.</summary>
    public string Fingerprint => Inputs.Fingerprint;

    /// <summary>How all of them end: as the one that ends least surely.</summary>
    public ContentEnding Ending { get; } = Endings.Aggregate((one, other) => one.And(other));
}

/// <summary>Loads the layers, later over earlier: built-in defaults, the file, its overlay for the environment, environment variables (S16).</summary>
/// <param name="path">The file; <c>-</c> where <paramref name="reader"/> has a standard input.</param>
/// <param name="variables">The environment's variables.</param>
/// <param name="reader">Reads files; null: files, pipes and devices.</param>
internal sealed class ConfigurationLoader(string path, IDictionary variables, InputReader? reader = null)
{
    private readonly InputReader _reader = reader ?? new InputReader();

    /// <summary><c>TASKER_ENV</c>, else <c>DOTNET_ENVIRONMENT</c>, else <c>production</c>.</summary>
    public string EnvironmentName { get; } = BreakersEnvironment.Name(variables);

    /// <summary>Reads the file, and the overlay for the environment beside it, each once.</summary>
    /// <exception cref="ConfigurationFaultsException">It is not known which overlay to read.</exception>
    public ConfigurationInputs Read() => new(_reader.Read(path), [.. Overlays().Select(_reader.Read)]);

    /// <summary>Reads, loads and checks everything.</summary>
    /// <exception cref="ConfigurationFaultsException">Anything is wrong; it lists all that is (S17).</exception>
    public LoadedConfiguration Load() => Load(Read());

    /// <summary>Loads and checks what was read.</summary>
    /// <exception cref="ConfigurationFaultsException">Anything is wrong; it lists all that is (S17).</exception>
    public LoadedConfiguration Load(ConfigurationInputs inputs)
    {
        var faults = new FaultList();
        var endings = new List<ContentEnding>();
        var merged = YamlLayerReader.Read(inputs.Base, isOverlay: false, faults, endings);
        foreach (var overlay in inputs.Overlays)
        {
            merged.Overlay(YamlLayerReader.Read(overlay, isOverlay: true, faults, endings));
        }

        if (inputs.Overlays.Count > 1)
        {
            faults.Add(
                inputs.Overlays[1].Path,
                string.Empty,
                $"the environment {EnvironmentName} has more than one overlay: {string.Join(", ", inputs.Overlays.Select(overlay => Path.GetFileName(overlay.Path)))}; "
                + "their names differ only in case or by .yml and .yaml: keep one");
        }

        merged.Overlay(EnvironmentLayerReader.Read(variables, [.. merged.Components.Keys], faults));
        CheckAcrossKeys(merged, faults);
        return faults.Count > 0
            ? throw new ConfigurationFaultsException(faults)
            : new LoadedConfiguration(Build(merged), merged, EnvironmentName, inputs, endings);
    }

    private IReadOnlyList<string> Overlays()
    {
        if (!BreakersEnvironment.IsValid(EnvironmentName))
        {
            throw new ConfigurationFaultsException(
                [new("TASKER_ENV or DOTNET_ENVIRONMENT", string.Empty, "the environment's name must have 1-64 characters of a-z A-Z 0-9 _ -")]);
        }

        try
        {
            return _reader.IsStandardInput(path) ? [] : BreakersEnvironment.Overlays(path, EnvironmentName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFaultsException(
                [new(path, string.Empty, $"its folder cannot be listed, so the overlay for {EnvironmentName} cannot be found: {exception.Message}")]);
        }
    }

    private static CircuitBreakerConfiguration Build(ConfigurationLayer merged)
    {
        var common = Apply(SettingCatalog.Instance.Breaker, merged.Default, new BreakerSettings());
        var components = ImmutableSortedDictionary.CreateBuilder<string, BreakerSettings>(StringComparer.Ordinal);
        foreach (var (name, own) in merged.Components)
        {
            components.Add(name, Apply(SettingCatalog.Instance.Breaker, own, common));
        }

        return Apply(SettingCatalog.Instance.Root, merged.Root, new CircuitBreakerConfiguration()) with
        {
            Global = Apply(SettingCatalog.Instance.Global, merged.Global, new GlobalSettings()),
            Default = common,
            Components = components.ToImmutable(),
        };
    }

    private static T Apply<T>(IEnumerable<Setting<T>> settings, Dictionary<string, LayerValue> values, T record) =>
        settings.Aggregate(record, (built, setting) => values.TryGetValue(setting.Key, out var value) ? setting.Apply(built, value.Value) : built);

    /// <summary>Checks that take several keys: on the merged result, pointing at the key that asks for the other.</summary>
    private static void CheckAcrossKeys(ConfigurationLayer merged, FaultList faults)
    {
        const string rate = "slow_call_rate_threshold";
        const string duration = "slow_call_duration_ms";
        var faulty = faults.Select(fault => fault.Path).ToHashSet(StringComparer.Ordinal);
        Check($"{SectionKeys.Root}.{SectionKeys.Default}", merged.Default);
        foreach (var (name, own) in merged.Components)
        {
            Check($"{SectionKeys.Root}.{SectionKeys.Components}.{name}", own);
        }

        void Check(string path, Dictionary<string, LayerValue> values)
        {
            if (values.TryGetValue(rate, out var asks) && !values.ContainsKey(duration) && !merged.Default.ContainsKey(duration)
                && !faulty.Contains($"{path}.{duration}") && !faulty.Contains($"{SectionKeys.Root}.{SectionKeys.Default}.{duration}"))
            {
                faults.Add(asks.Origin.ToString(), $"{path}.{rate}", $"is set, but {duration} is not: set both");
            }
        }
    }
}
