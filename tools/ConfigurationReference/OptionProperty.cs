using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.ConfigurationReference;

/// <summary>One option: its name, its default and its documentation, as cells of a table.</summary>
internal sealed partial record OptionProperty(string Name, string Default, string Documentation)
{
    /// <summary>Returns the options of an object with its defaults, in the order of declaration, without those that are shown elsewhere.</summary>
    public static IEnumerable<OptionProperty> Of(object defaults, IReadOnlyCollection<string> elsewhere) => defaults.GetType()
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => !elsewhere.Contains(property.Name))
        .OrderBy(property => property.MetadataToken)
        .Select(property => Of(property, IsAnotherInEachProcess(property) ? "" : Text(property.GetValue(defaults))));

    /// <summary>Creates the option. A summary's last sentence about the default is omitted where the default has its own cell.</summary>
    private static OptionProperty Of(PropertyInfo property, string shown) => new(
        property.Name, shown, shown.Length == 0 ? XmlDocumentation.Of(property) : PlainDefault().Replace(XmlDocumentation.Of(property), ""));

    private static bool IsAnotherInEachProcess(PropertyInfo property) => property.Name == nameof(CircuitBreakerClientOptions.WorkerName);

    /// <summary>Returns a value as a reader would write it; empty if only the documentation can describe it.</summary>
    private static string Text(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s"),
        int number => number.ToString(CultureInfo.InvariantCulture),
        Enum member => $"`{member}`",
        string text => $"`{text}`",
        ICollection { Count: 0 } => "none",
        _ => "",
    };

    /// <summary>A last sentence with a default that needs no explanation: neither a condition nor a consequence.</summary>
    [GeneratedRegex(@" The default value is (?:[^.:;,]|\.(?=\S))+\.$")]
    private static partial Regex PlainDefault();
}
