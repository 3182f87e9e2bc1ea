using System.Collections;

namespace TaskerCore.Orleans.Configuration;

/// <summary>The layer of the environment's variables.</summary>
internal sealed partial class LayerReader
{
    private const string VariableRoot = "TASKER_CIRCUIT_BREAKERS";
    private const string VariablePrefix = VariableRoot + "__";

    /// <summary>Reads the environment: <c>TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD</c> and the like. Keys are taken in any
    /// case; a component is the one of <paramref name="components"/> that is the same in any case, else its name in lower case.</summary>
    public ConfigurationLayer ReadEnvironment(IDictionary variables, IReadOnlyCollection<string> components)
    {
        var layer = new ConfigurationLayer();
        var ours = variables.Keys.OfType<string>().Where(name => name.StartsWith(VariableRoot, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in ours)
        {
            if (!seen.TryAdd(name, name) && name.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase))
            {
                Fault(new(name, string.Empty, $"is set twice: {seen[name]} differs in case alone; keep one"));
                continue;
            }

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
}

internal static class SequenceExtensions
{
    /// <summary>The only one that fits; null when none does, or several.</summary>
    public static string? SingleOrNone(this IEnumerable<string> items, Func<string, bool> fits) =>
        items.Where(fits).Take(2).ToList() is [var only] ? only : null;
}
