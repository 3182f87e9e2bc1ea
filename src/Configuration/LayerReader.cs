using System.Collections;
using TaskerCore.Orleans.Grains.Interfaces;
using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads one layer, and collects all its faults instead of stopping at the first (S17).</summary>
internal sealed class LayerReader(List<ConfigurationFault> faults)
{
    public const string RootKey = "circuit_breakers";
    public const string GlobalKey = "global_settings";
    public const string DefaultKey = "default_config";
    public const string ComponentsKey = "component_configs";

    private const string VariableRoot = "TASKER_CIRCUIT_BREAKERS";
    private const string VariablePrefix = VariableRoot + "__";
    private const long MaxFileBytes = 1_048_576;
    private const int MaxFaults = 1000;

    private static readonly string[] Sections = [.. SettingCatalog.Instance.Root.Select(setting => setting.Key), GlobalKey, DefaultKey, ComponentsKey];

    /// <summary>Reads a file. Of one that cannot be parsed the first syntax error is the only fault.</summary>
    public ConfigurationLayer ReadFile(string path)
    {
        var layer = new ConfigurationLayer();
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes } large)
            {
                Fault(new(path, string.Empty, $"the file has {large.Length} bytes; up to {MaxFileBytes} are allowed"));
                return layer;
            }

            using var reader = new StreamReader(path);
            ReadRoot(path, YamlTree.Parse(reader), layer);
        }
        catch (YamlException exception)
        {
            // It starts where the surrounding thing does, and ends where it went wrong.
            Fault(new(Place(path, exception.End.Line > 0 ? exception.End : exception.Start), string.Empty, $"the file is not YAML: {(exception.InnerException as YamlException)?.Message ?? exception.Message}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fault(new(path, string.Empty, $"the file cannot be read: {exception.Message}"));
        }

        return layer;
    }

    /// <summary>Reads the environment: <c>TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD</c> and the like. Keys are taken in any
    /// case; a component is the one of <paramref name="components"/> that is the same in any case, else its name in lower case.</summary>
    public ConfigurationLayer ReadEnvironment(IDictionary variables, IReadOnlyCollection<string> components)
    {
        var layer = new ConfigurationLayer();
        var ours = variables.Keys.OfType<string>().Where(name => name.StartsWith(VariableRoot, StringComparison.OrdinalIgnoreCase));
        foreach (var name in ours.Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase))
            {
                // Others may have the name too, as a service of Kubernetes does: only what was plainly meant for us is a fault.
                var rest = name[VariableRoot.Length..].TrimStart('_');
                if (!Sections.Any(section => rest.StartsWith(section, StringComparison.OrdinalIgnoreCase)))
                {
                    continue;
                }

                Fault(new(name, string.Empty, "is not a setting; between the parts stand two underscores: " + VariablePrefix + "DEFAULT_CONFIG__FAILURE_THRESHOLD"));
                continue;
            }

            var parts = name[VariablePrefix.Length..].Split("__");
            var section = parts[0].ToLowerInvariant();
            var text = (variables[name] as string ?? string.Empty).Trim();
            var path = RootKey + "." + string.Join('.', parts.Select(part => part.ToLowerInvariant()));
            switch (section, parts.Length)
            {
                case (GlobalKey, 2):
                    ReadValue(SettingCatalog.Instance.Global, parts[1].ToLowerInvariant(), text, new SettingOrigin.Variable(name), path, layer.Global);
                    break;
                case (DefaultKey, 2):
                    ReadValue(SettingCatalog.Instance.Breaker, parts[1].ToLowerInvariant(), text, new SettingOrigin.Variable(name), path, layer.Default);
                    break;
                case (ComponentsKey, 3):
                    var component = components.SingleOrNone(known => string.Equals(known, parts[1], StringComparison.OrdinalIgnoreCase))
                        ?? parts[1].ToLowerInvariant();
                    CheckName(component, name, path);
                    ReadValue(SettingCatalog.Instance.Breaker, parts[2].ToLowerInvariant(), text, new SettingOrigin.Variable(name), path, layer.Component(component));
                    break;
                case (GlobalKey or DefaultKey or ComponentsKey, 1):
                    Fault(new(name, path, $"is a section; a setting in it is {name.ToUpperInvariant()}__KEY"));
                    break;
                case (_, 1):
                    ReadValue(SettingCatalog.Instance.Root, section, text, new SettingOrigin.Variable(name), path, layer.Root, Sections);
                    break;
                default:
                    Fault(new(name, path, "is not a setting; the form is " + VariablePrefix + "DEFAULT_CONFIG__FAILURE_THRESHOLD"));
                    break;
            }
        }

        return layer;
    }

    private static SettingOrigin.InFile Origin(string file, Mark at) => new(file, at.Line, at.Column);

    private static string Place(string file, Mark at) => Origin(file, at).ToString();

    private void ReadRoot(string file, YamlTree? document, ConfigurationLayer layer)
    {
        if (document is null || document.IsNothing)
        {
            return;
        }

        foreach (var (key, value) in Entries(file, string.Empty, document))
        {
            if (key.Value != RootKey)
            {
                Unknown(Place(file, key.At), InPath(key), key.Value, [RootKey]);
                continue;
            }

            foreach (var (section, content) in Entries(file, RootKey, value))
            {
                var path = $"{RootKey}.{InPath(section)}";
                switch (section.Value)
                {
                    case GlobalKey:
                        ReadSection(file, path, content, SettingCatalog.Instance.Global, layer.Global);
                        break;
                    case DefaultKey:
                        ReadSection(file, path, content, SettingCatalog.Instance.Breaker, layer.Default);
                        break;
                    case ComponentsKey:
                        foreach (var (name, settings) in Entries(file, path, content))
                        {
                            var own = $"{path}.{InPath(name)}";
                            CheckName(name.Value, Place(file, name.At), own);
                            ReadSection(file, own, settings, SettingCatalog.Instance.Breaker, layer.Component(name.Value));
                        }

                        break;
                    default:
                        ReadNode(file, path, section, content, SettingCatalog.Instance.Root, layer.Root, Sections);
                        break;
                }
            }
        }
    }

    private void ReadSection<T>(
        string file, string path, YamlTree content, IReadOnlyList<Setting<T>> settings, Dictionary<string, LayerValue> values)
    {
        foreach (var (key, value) in Entries(file, path, content))
        {
            ReadNode(file, $"{path}.{InPath(key)}", key, value, settings, values, [.. settings.Select(setting => setting.Key)]);
        }
    }

    private void ReadNode<T>(
        string file,
        string path,
        YamlTree.Text key,
        YamlTree value,
        IReadOnlyList<Setting<T>> settings,
        Dictionary<string, LayerValue> values,
        IReadOnlyList<string> known)
    {
        if (settings.FirstOrDefault(setting => setting.Key == key.Value) is not { } setting)
        {
            Unknown(Place(file, key.At), path, key.Value, known);
        }
        else if (value is YamlTree.Text { IsPlain: true } text && !value.IsNothing)
        {
            ReadValue(settings, key.Value, text.Value, Origin(file, text.At), path, values, known);
        }
        else
        {
            Fault(new(Place(file, value.IsNothing ? key.At : value.At), path, $"found {Describe(value)}; {setting.Allowed}"));
        }
    }

    private void ReadValue<T>(
        IReadOnlyList<Setting<T>> settings,
        string key,
        string text,
        SettingOrigin origin,
        string path,
        Dictionary<string, LayerValue> values,
        IReadOnlyList<string>? known = null)
    {
        if (settings.FirstOrDefault(setting => setting.Key == key) is not { } setting)
        {
            Unknown(origin.ToString(), path, key, known ?? [.. settings.Select(each => each.Key)]);
        }
        else if (setting.Read(text) is { } value)
        {
            values[key] = new LayerValue(value, origin);
        }
        else
        {
            Fault(new(origin.ToString(), path, $"found {(text.Length == 0 ? "nothing" : Shorten(text))}; {setting.Allowed}"));
        }
    }

    private IEnumerable<(YamlTree.Text Key, YamlTree Value)> Entries(string file, string path, YamlTree node)
    {
        if (node is not YamlTree.Map map)
        {
            if (!node.IsNothing)
            {
                Fault(new(Place(file, node.At), path, $"found {Describe(node)}; a mapping of keys to values is allowed"));
            }

            yield break;
        }

        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Entries)
        {
            if (seen.TryGetValue(key.Value, out var first))
            {
                var where = path.Length == 0 ? InPath(key) : $"{path}.{InPath(key)}";
                Fault(new(Place(file, key.At), where, $"the key stands here again; it is given already in line {first.Line}"));
            }
            else
            {
                seen.Add(key.Value, key.At);
                yield return (key, value);
            }
        }
    }

    /// <summary>All faults at once, but not without measure: of a file that is something else altogether, a thousand will do.</summary>
    private void Fault(ConfigurationFault fault)
    {
        if (faults.Count < MaxFaults)
        {
            faults.Add(fault);
        }
        else if (faults.Count == MaxFaults)
        {
            faults.Add(new(fault.Source, string.Empty, $"from here on there are more faults than the {MaxFaults} that are listed"));
        }
    }

    private void CheckName(string component, string source, string path)
    {
        if (!ComponentName.IsValid(component))
        {
            Fault(new(source, path, ComponentName.Fault(component)));
        }
    }

    private void Unknown(string source, string path, string key, IReadOnlyList<string> known)
    {
        var suggestion = NearestKey.Find(key, known) is { } near ? $" did you mean '{near}'?" : string.Empty;
        Fault(new(source, path, $"the key is not known;{suggestion} allowed here: {string.Join(", ", known)}"));
    }

    private static string Describe(YamlTree node) => node switch
    {
        { IsNothing: true } => "nothing",
        YamlTree.Text text => $"the text \"{Shorten(text.Value)}\"",
        YamlTree.Other other => other.What,
        _ => "a mapping",
    };

    /// <summary>A key as it stands in paths: what could be a name is there in full, what could not is not repeated with each key below it.</summary>
    private static string InPath(YamlTree.Text key) =>
        key.Value.Length <= ComponentName.MaxLength ? key.Value : key.Value[..ComponentName.MaxLength] + "...";

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}

internal static class SequenceExtensions
{
    /// <summary>The only one that fits; null when none does, or several.</summary>
    public static string? SingleOrNone(this IEnumerable<string> items, Func<string, bool> fits) =>
        items.Where(fits).Take(2).ToList() is [var only] ? only : null;
}
