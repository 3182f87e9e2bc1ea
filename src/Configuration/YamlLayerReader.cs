using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads one layer, and collects all its faults instead of stopping at the first (S17).</summary>
internal sealed partial class LayerReader(List<ConfigurationFault> faults)
{
    public const string RootKey = "circuit_breakers";
    public const string GlobalKey = "global_settings";
    public const string DefaultKey = "default_config";
    public const string ComponentsKey = "component_configs";

    private const int MaxFaults = 1000;
    private const string MergeKey = "<<";
    private const string NotSupported = "anchors, aliases and merge keys are not supported: write the keys out";
    private const string EmptyFile = "the file has no settings: it is empty, or only comments and section names are left. "
        + "To run on the built-in settings on purpose, write one of them: circuit_breakers: { enabled: true }";

    private const string EmptyOverlay = "the file has no settings: it is empty, or only comments and section names are left. Write one, or remove the overlay";

    private static readonly string[] Sections = [.. SettingCatalog.Instance.Root.Select(setting => setting.Key), GlobalKey, DefaultKey, ComponentsKey];

    /// <summary>Reads a file. Of one that cannot be parsed the first syntax error is the only fault; one without a single setting is a fault too: it
    /// is what is left of a file that lost its content.</summary>
    /// <param name="input">The file as it was read.</param>
    /// <param name="isOverlay">Whether there is a file below it.</param>
    /// <param name="endings">Gets how it ends.</param>
    public ConfigurationLayer ReadFile(ConfigurationInput input, bool isOverlay, List<ContentEnding> endings)
    {
        var layer = new ConfigurationLayer();
        if (input.Content is null)
        {
            Fault(new(input.Path, string.Empty, input.Fault!));
            return layer;
        }

        try
        {
            var text = FileText.Decode(input.Content);
            var document = YamlDocument.Parse(text);
            var before = faults.Count;
            ReadRoot(input.Path, document.Root, layer);
            endings.Add(ContentEnding.Of(text, document));
            if (layer.IsEmpty && faults.Count == before)
            {
                Fault(new(input.Path, string.Empty, isOverlay ? EmptyOverlay : EmptyFile));
            }
        }
        catch (YamlException exception)
        {
            Fault(new(Place(input.Path, exception.End), string.Empty, $"the file is not YAML: {exception.Message}"));
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
                            if (name.Value == MergeKey)
                            {
                                Fault(new(Place(file, name.At), own, NotSupported));
                                continue;
                            }

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
        else if (value is YamlTree.Text { IsPlain: true, Tag: null } text && !value.IsNothing)
        {
            ReadValue(settings, key.Value, text.Value, Origin(file, text.At), path, values, known);
        }
        else
        {
            var advice = value switch
            {
                { IsNothing: true } => "leave the key out to have its default",
                YamlTree.Text { Tag: { } tag } => $"the tag {Shorten(tag)} is not supported: write the value alone",
                YamlTree.Text quoted => ValueAdvice.For(setting, quoted.Value, isQuoted: true),
                YamlTree.Other { IsAlias: true } => NotSupported,
                _ => null,
            };
            Fault(new(Place(file, value.IsNothing ? key.At : value.At), path, Message(Describe(value), setting.Allowed, advice)));
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
            Fault(new(origin.ToString(), path, Message(text.Length == 0 ? "nothing" : Shorten(text), setting.Allowed, ValueAdvice.For(setting, text, isQuoted: false))));
        }
    }

    private IEnumerable<(YamlTree.Text Key, YamlTree Value)> Entries(string file, string path, YamlTree node)
    {
        if (node is not YamlTree.Map map)
        {
            if (!node.IsNothing)
            {
                Fault(new(
                    Place(file, node.At), path, Message(Describe(node), "a mapping of keys to values is allowed", node is YamlTree.Other { IsAlias: true } ? NotSupported : null)));
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
        if (key == MergeKey)
        {
            Fault(new(source, path, NotSupported));
            return;
        }

        var suggestion = NearestNames.Find(key, known) is [var near, ..] ? $" did you mean '{near}'?" : string.Empty;
        Fault(new(source, path, $"the key is not known;{suggestion} allowed here: {string.Join(", ", known)}"));
    }

    private static string Message(string found, string allowed, string? advice) => $"found {found}; {allowed}{(advice is null ? string.Empty : $": {advice}")}";

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
