namespace TaskerCore.Orleans.Configuration;

/// <summary>One value of one layer.</summary>
/// <param name="Value">The value; a switch is 0 or 1.</param>
/// <param name="Origin">Where it stands.</param>
internal sealed record LayerValue(double Value, SettingOrigin Origin);

/// <summary>What one source says: a file, or the environment. Keys are paths below <c>circuit_breakers</c>.</summary>
internal sealed class ConfigurationLayer
{
    public Dictionary<string, LayerValue> Root { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, LayerValue> Global { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, LayerValue> Default { get; } = new(StringComparer.Ordinal);

    /// <summary>By component; one that is named without a key of its own counts as configured too.</summary>
    public SortedDictionary<string, Dictionary<string, LayerValue>> Components { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it sets nothing, and names no component.</summary>
    public bool IsEmpty => Root.Count + Global.Count + Default.Count + Components.Count == 0;

    public Dictionary<string, LayerValue> Component(string name)
    {
        if (!Components.TryGetValue(name, out var values))
        {
            Components.Add(name, values = new(StringComparer.Ordinal));
        }

        return values;
    }

    /// <summary>Lays a later layer over this one, key by key.</summary>
    public void Overlay(ConfigurationLayer later)
    {
        Copy(later.Root, Root);
        Copy(later.Global, Global);
        Copy(later.Default, Default);
        foreach (var (name, values) in later.Components)
        {
            Copy(values, Component(name));
        }
    }

    private static void Copy(Dictionary<string, LayerValue> from, Dictionary<string, LayerValue> to)
    {
        foreach (var (key, value) in from)
        {
            to[key] = value;
        }
    }
}
