using YamlDotNet.Core;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads the layer of one file, and collects all its faults instead of stopping at the first (S17).</summary>
internal sealed class YamlLayerReader
{
    private const string EmptyFile = "the file has no settings: it is empty or has only comments and section names. "
        + "To use the built-in settings on purpose, write one of them: circuit_breakers: { enabled: true }";

    private const string EmptyOverlay = "the file has no settings: it is empty or has only comments and section names. Write a setting, or remove the overlay";

    private readonly string _file;
    private readonly FaultList _faults;
    private readonly ValueReader _values;
    private readonly ConfigurationLayer _layer = new();

    private YamlLayerReader(string file, FaultList faults)
    {
        _file = file;
        _faults = faults;
        _values = new ValueReader(faults);
    }

    /// <summary>Reads a file. Of one that cannot be parsed the first syntax error is the only fault; one without a single setting is a fault too: it
    /// is what is left of a file that lost its content.</summary>
    /// <param name="input">The file as it was read.</param>
    /// <param name="isOverlay">Whether there is a file below it.</param>
    /// <param name="faults">Gets its faults.</param>
    /// <param name="endings">Gets how it ends.</param>
    public static ConfigurationLayer Read(ConfigurationInput input, bool isOverlay, FaultList faults, List<ContentEnding> endings)
    {
        var reader = new YamlLayerReader(input.Path, faults);
        if (input.Content is null)
        {
            faults.Add(input.Path, string.Empty, input.Fault!);
            return reader._layer;
        }

        try
        {
            var text = FileText.Decode(input.Content);
            var document = YamlDocument.Parse(text);
            var before = faults.Count;
            reader.ReadDocument(document.Root);
            endings.Add(ContentEnding.Of(text, document));
            if (reader._layer.IsEmpty && faults.Count == before)
            {
                faults.Add(input.Path, string.Empty, isOverlay ? EmptyOverlay : EmptyFile);
            }
        }
        catch (YamlException exception)
        {
            faults.Add(reader.Place(exception.End), string.Empty, $"the file is not YAML: {exception.Message}");
        }

        return reader._layer;
    }

    private SettingOrigin.InFile Origin(Mark at) => new(_file, at.Line, at.Column);

    private string Place(Mark at) => Origin(at).ToString();

    private void ReadDocument(YamlTree? document)
    {
        if (document is null || document.IsNothing)
        {
            return;
        }

        foreach (var (key, value) in Entries(string.Empty, document))
        {
            if (key.Value == SectionKeys.Root)
            {
                ReadRoot(value);
            }
            else
            {
                _values.Unknown(Place(key.At), InPath(key), key.Value, [SectionKeys.Root]);
            }
        }
    }

    private void ReadRoot(YamlTree root)
    {
        foreach (var (key, content) in Entries(SectionKeys.Root, root))
        {
            var path = $"{SectionKeys.Root}.{InPath(key)}";
            switch (key.Value)
            {
                case SectionKeys.Global:
                    ReadSection(path, content, SettingCatalog.Instance.Global, _layer.Global);
                    break;
                case SectionKeys.Default:
                    ReadSection(path, content, SettingCatalog.Instance.Breaker, _layer.Default);
                    break;
                case SectionKeys.Components:
                    ReadComponents(path, content);
                    break;
                default:
                    ReadSetting(path, key, content, SettingCatalog.Instance.Root, _layer.Root, SectionKeys.InRoot);
                    break;
            }
        }
    }

    private void ReadComponents(string path, YamlTree content)
    {
        foreach (var (name, settings) in Entries(path, content))
        {
            var own = $"{path}.{InPath(name)}";
            if (name.Value == ValueReader.MergeKey)
            {
                _faults.Add(Place(name.At), own, ValueReader.NotSupported);
                continue;
            }

            _values.CheckName(name.Value, Place(name.At), own);
            ReadSection(own, settings, SettingCatalog.Instance.Breaker, _layer.Component(name.Value));
        }
    }

    private void ReadSection<T>(string path, YamlTree content, IReadOnlyList<Setting<T>> settings, Dictionary<string, LayerValue> values)
    {
        foreach (var (key, value) in Entries(path, content))
        {
            ReadSetting($"{path}.{InPath(key)}", key, value, settings, values, [.. settings.Select(setting => setting.Key)]);
        }
    }

    private void ReadSetting<T>(
        string path,
        YamlTree.Text key,
        YamlTree value,
        IReadOnlyList<Setting<T>> settings,
        Dictionary<string, LayerValue> values,
        IReadOnlyList<string> known)
    {
        if (settings.FirstOrDefault(setting => setting.Key == key.Value) is not { } setting)
        {
            _values.Unknown(Place(key.At), path, key.Value, known);
        }
        else if (value is YamlTree.Text { IsPlain: true, Tag: null } text && !value.IsNothing)
        {
            _values.Read(settings, key.Value, text.Value, Origin(text.At), path, values, known);
        }
        else
        {
            var advice = value switch
            {
                { IsNothing: true } => "remove the key to use its default",
                YamlTree.Text { Tag: { } tag } => $"the tag {ValueReader.Shorten(tag)} is not supported: write only the value",
                YamlTree.Text quoted => ValueAdvice.For(setting, quoted.Value, isQuoted: true),
                YamlTree.Other { IsAlias: true } => ValueReader.NotSupported,
                _ => null,
            };
            _values.NotAllowed(Place(value.IsNothing ? key.At : value.At), path, Describe(value), setting.Allowed, advice);
        }
    }

    /// <summary>The entries of a mapping; a key that stands there again is a fault, and is left out.</summary>
    private IEnumerable<(YamlTree.Text Key, YamlTree Value)> Entries(string path, YamlTree node)
    {
        if (node is not YamlTree.Map map)
        {
            if (!node.IsNothing)
            {
                var advice = node is YamlTree.Other { IsAlias: true } ? ValueReader.NotSupported : null;
                _values.NotAllowed(Place(node.At), path, Describe(node), "a mapping of keys to values is allowed", advice);
            }

            yield break;
        }

        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Entries)
        {
            if (seen.TryGetValue(key.Value, out var first))
            {
                var where = path.Length == 0 ? InPath(key) : $"{path}.{InPath(key)}";
                _faults.Add(Place(key.At), where, $"duplicate key; it is first set in line {first.Line}");
            }
            else
            {
                seen.Add(key.Value, key.At);
                yield return (key, value);
            }
        }
    }

    private static string Describe(YamlTree node) => node switch
    {
        { IsNothing: true } => "nothing",
        YamlTree.Text text => $"the text \"{ValueReader.Shorten(text.Value)}\"",
        YamlTree.Other other => other.What,
        _ => "a mapping",
    };

    /// <summary>A key as it stands in paths: what could be a name is there in full, what could not is not repeated with each key below it.</summary>
    private static string InPath(YamlTree.Text key) =>
        key.Value.Length <= ComponentName.MaxLength ? key.Value : key.Value[..ComponentName.MaxLength] + "...";
}
