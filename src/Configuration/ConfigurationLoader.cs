using System.Collections;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Configuration;

/// <summary>A configuration as loaded.</summary>
/// <param name="Configuration">What holds, merged and checked.</param>
/// <param name="Layers">The merged layers, each value with its origin.</param>
/// <param name="EnvironmentName">The environment that it was loaded for.</param>
/// <param name="Files">The files that it came from.</param>
/// <param name="Fingerprint">What <see cref="ConfigurationLoader.Fingerprint"/> was before they were read.</param>
internal sealed record LoadedConfiguration(
    CircuitBreakerConfiguration Configuration,
    ConfigurationLayer Layers,
    string EnvironmentName,
    IReadOnlyList<string> Files,
    string Fingerprint)
{
    /// <summary>That of <see cref="Configuration"/>, taken once: it is asked for with each question about settings.</summary>
    public string ContentHash { get; } = Configuration.ContentHash();
}

/// <summary>Loads the layers, later over earlier: built-in defaults, the file, its overlay for the environment, environment variables (S16).</summary>
internal sealed partial class ConfigurationLoader
{
    private readonly string _path;
    private readonly IDictionary _variables;

    /// <summary>A loader of <paramref name="path"/> and what belongs to it.</summary>
    public ConfigurationLoader(string path, IDictionary variables)
    {
        _path = path;
        _variables = variables;
        EnvironmentName = Variable("TASKER_ENV") ?? Variable("DOTNET_ENVIRONMENT") ?? "production";
    }

    /// <summary><c>TASKER_ENV</c>, else <c>DOTNET_ENVIRONMENT</c>, else <c>production</c>.</summary>
    public string EnvironmentName { get; }

    /// <summary>The file, and the overlay for the environment beside it.</summary>
    public IReadOnlyList<string> Files =>
        [_path, Path.Combine(Path.GetDirectoryName(_path) ?? string.Empty, $"{Path.GetFileNameWithoutExtension(_path)}.{EnvironmentName}{Path.GetExtension(_path)}")];

    /// <summary>Loads and checks everything.</summary>
    /// <exception cref="ConfigurationFaultsException">Anything is wrong; it lists all that is (S17).</exception>
    public LoadedConfiguration Load()
    {
        var faults = new List<ConfigurationFault>();
        if (!PlainName().IsMatch(EnvironmentName))
        {
            throw new ConfigurationFaultsException(
                [new("TASKER_ENV or DOTNET_ENVIRONMENT", string.Empty, "the environment's name has 1-64 characters of a-z A-Z 0-9 _ -")]);
        }

        var fingerprint = Fingerprint();
        var reader = new LayerReader(faults);
        string[] files = [Files[0], .. Files.Skip(1).Where(File.Exists)];
        var merged = reader.ReadFile(files[0]);
        foreach (var overlay in files.Skip(1))
        {
            merged.Overlay(reader.ReadFile(overlay));
        }

        merged.Overlay(reader.ReadEnvironment(_variables, [.. merged.Components.Keys]));
        CheckAcrossKeys(merged, faults);
        if (faults.Count > 0)
        {
            throw new ConfigurationFaultsException(faults);
        }

        var configuration = Build(merged);
        return new LoadedConfiguration(configuration, merged, EnvironmentName, files, fingerprint);
    }

    /// <summary>Changes with each change of the files' content; says so too when one is not there, or is being replaced just now.</summary>
    public string Fingerprint()
    {
        return string.Join('/', Files.Select(Of));

        static string Of(string file)
        {
            try
            {
                if (!File.Exists(file))
                {
                    return "none";
                }

                // Not read into memory: nobody has said yet that it is not too large.
                using var content = File.OpenRead(file);
                return Convert.ToHexString(SHA256.HashData(content));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return exception.GetType().Name;
            }
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
    private static void CheckAcrossKeys(ConfigurationLayer merged, List<ConfigurationFault> faults)
    {
        const string rate = "slow_call_rate_threshold";
        const string duration = "slow_call_duration_ms";
        var faulty = faults.Select(fault => fault.Path).ToHashSet(StringComparer.Ordinal);
        Check($"{LayerReader.RootKey}.{LayerReader.DefaultKey}", merged.Default);
        foreach (var (name, own) in merged.Components)
        {
            Check($"{LayerReader.RootKey}.{LayerReader.ComponentsKey}.{name}", own);
        }

        void Check(string path, Dictionary<string, LayerValue> values)
        {
            if (values.TryGetValue(rate, out var asks) && !values.ContainsKey(duration) && !merged.Default.ContainsKey(duration)
                && !faulty.Contains($"{path}.{duration}") && !faulty.Contains($"{LayerReader.RootKey}.{LayerReader.DefaultKey}.{duration}"))
            {
                faults.Add(new(asks.Origin.ToString(), $"{path}.{rate}", $"is set, but {duration} is not: a call is slow from some duration on; set both"));
            }
        }
    }

    private string? Variable(string name) => _variables[name] is string { Length: > 0 } value ? value : null;

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex PlainName();
}
