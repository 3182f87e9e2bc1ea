namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads single settings, whichever layer they stand in, and says what is wrong with them.</summary>
/// <param name="faults">Gets the faults.</param>
internal sealed class ValueReader(FaultList faults)
{
    /// <summary>The key by which YAML merges mappings.</summary>
    public const string MergeKey = "<<";

    public const string NotSupported = "anchors, aliases and merge keys are not supported: write the keys out";

    /// <summary>Reads a setting.</summary>
    /// <param name="settings">The settings of the section.</param>
    /// <param name="key">The setting's key.</param>
    /// <param name="text">The text.</param>
    /// <param name="origin">Where it stands.</param>
    /// <param name="path">The key's path.</param>
    /// <param name="values">Gets the value.</param>
    /// <param name="known">The keys that are allowed in the section; null: those of <paramref name="settings"/>.</param>
    public void Read<T>(
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
            NotAllowed(origin.ToString(), path, text.Length == 0 ? "nothing" : Shorten(text), setting.Allowed, ValueAdvice.For(setting, text, isQuoted: false));
        }
    }

    /// <summary>Checks a component's name.</summary>
    public void CheckName(string component, string source, string path)
    {
        if (!ComponentName.IsValid(component))
        {
            faults.Add(source, path, ComponentName.Fault(component));
        }
    }

    /// <summary>A key stands where it is not known.</summary>
    public void Unknown(string source, string path, string key, IReadOnlyList<string> known)
    {
        if (key == MergeKey)
        {
            faults.Add(source, path, NotSupported);
            return;
        }

        var suggestion = NearestNames.Find(key, known) is [var near, ..] ? $" did you mean '{near}'?" : string.Empty;
        faults.Add(source, path, $"unknown key;{suggestion} allowed here: {string.Join(", ", known)}");
    }

    /// <summary>Something else was found than what is allowed.</summary>
    public void NotAllowed(string source, string path, string found, string allowed, string? advice) =>
        faults.Add(source, path, $"found {found}; {allowed}{(advice is null ? string.Empty : $": {advice}")}");

    /// <summary>A text as faults show it: 60 characters at most.</summary>
    public static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
