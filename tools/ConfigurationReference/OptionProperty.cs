using System.Collections;
using System.Globalization;
using System.Reflection;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.ConfigurationReference;

/// <summary>One option: its name, what it is where nothing is said, and what its documentation says.</summary>
internal sealed record OptionProperty(string Name, string Default, string Documentation)
{
    /// <summary>Those of an object that has its defaults, as they are declared, without those that are shown elsewhere.</summary>
    public static IEnumerable<OptionProperty> Of(object defaults, IReadOnlyCollection<string> elsewhere) => defaults.GetType()
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => !elsewhere.Contains(property.Name))
        .OrderBy(property => property.MetadataToken)
        .Select(property => new OptionProperty(
            property.Name, IsAnotherInEachProcess(property) ? "" : Text(property.GetValue(defaults)), XmlDocumentation.Of(property)));

    private static bool IsAnotherInEachProcess(PropertyInfo property) => property.Name == nameof(CircuitBreakerClientOptions.WorkerName);

    /// <summary>A value as a reader would write it; what has no short form is left to the documentation.</summary>
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
}
