using System.Collections;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads the layer of the environment's variables: <c>TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD</c> and the like. Keys are
/// taken in any case (S16, S17).</summary>
internal sealed class EnvironmentLayerReader
{
    private const string Root = "TASKER_CIRCUIT_BREAKERS";
    private const string Prefix = Root + "__";
    private const string Example = Prefix + "DEFAULT_CONFIG__FAILURE_THRESHOLD";

    private readonly IReadOnlyCollection<string> _components;
    private readonly FaultList _faults;
    private readonly ValueReader _values;
    private readonly ConfigurationLayer _layer = new();

    private EnvironmentLayerReader(IReadOnlyCollection<string> components, FaultList faults)
    {
        _components = components;
        _faults = faults;
        _values = new ValueReader(faults);
    }

    /// <summary>Reads the variables.</summary>
    /// <param name="variables">All variables of the environment.</param>
    /// <param name="components">The components of the layers below. A variable's component is the one that differs in case alone, else its name in lower
    /// case.</param>
    /// <param name="faults">Gets the faults.</param>
    public static ConfigurationLayer Read(IDictionary variables, IReadOnlyCollection<string> components, FaultList faults)
    {
        var reader = new EnvironmentLayerReader(components, faults);
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in variables.Keys.OfType<string>().Where(name => StartsWith(name, Root)).Order(StringComparer.Ordinal))
        {
            if (!StartsWith(name, Prefix))
            {
                reader.CheckStray(name);
            }
            else if (!seen.TryAdd(name, name))
            {
                faults.Add(name, string.Empty, $"is set twice: {seen[name]} differs only in case; keep one");
            }
            else
            {
                reader.ReadVariable(name, (variables[name] as string ?? string.Empty).Trim());
            }
        }

        return reader._layer;
    }

    private static bool StartsWith(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    /// <summary>Others may have the name too, as a service of Kubernetes does: only what was plainly meant for us is a fault.</summary>
    private void CheckStray(string name)
    {
        var rest = name[Root.Length..].TrimStart('_');
        if (SectionKeys.InRoot.Any(section => StartsWith(rest, section)))
        {
            _faults.Add(name, string.Empty, "is not a setting; separate its parts with two underscores: " + Example);
        }
    }

    private void ReadVariable(string name, string text)
    {
        var parts = name[Prefix.Length..].Split("__");
        string[] keys = [.. parts.Select(part => part.ToLowerInvariant())];
        var path = $"{SectionKeys.Root}.{string.Join('.', keys)}";
        var origin = new SettingOrigin.Variable(name);
        switch (keys)
        {
            case [SectionKeys.Global, var key]:
                _values.Read(SettingCatalog.Instance.Global, key, text, origin, path, _layer.Global);
                break;
            case [SectionKeys.Default, var key]:
                _values.Read(SettingCatalog.Instance.Breaker, key, text, origin, path, _layer.Default);
                break;
            case [SectionKeys.Components, _, var key]:
                var component = Component(parts[1]);
                _values.CheckName(component, name, path);
                _values.Read(SettingCatalog.Instance.Breaker, key, text, origin, path, _layer.Component(component));
                break;
            case [SectionKeys.Global or SectionKeys.Default or SectionKeys.Components]:
                _faults.Add(name, path, $"is a section; name a setting in it: {name.ToUpperInvariant()}__KEY");
                break;
            case [var key]:
                _values.Read(SettingCatalog.Instance.Root, key, text, origin, path, _layer.Root, SectionKeys.InRoot);
                break;
            default:
                _faults.Add(name, path, "is not a setting; the form is " + Example);
                break;
        }
    }

    /// <summary>The one known component that differs in case alone; the name in lower case if there is none, or if there are several.</summary>
    private string Component(string name) =>
        _components.Where(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList() is [var only]
            ? only
            : name.ToLowerInvariant();
}
