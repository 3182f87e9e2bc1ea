using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Deployment.Tests;

/// <summary>The settings that the code reads: a variable that sets none would silently do nothing.</summary>
internal static partial class KnownSettings
{
    private static readonly HashSet<string> _ofSilo = Literals("src/Silo", "src/Configuration");
    private static readonly HashSet<string> _ofWorker = Literals("samples/PgmqWorker");

    /// <summary>Whether a silo reads it.</summary>
    public static bool OfSilo(string variable) =>
        Key(variable) is var key && (key.StartsWith("Silo:", StringComparison.Ordinal) ? IsProperty(typeof(SiloSettings), key.Split(':')[1..]) : IsNamed(_ofSilo, key));

    /// <summary>Whether the sample worker reads it.</summary>
    public static bool OfWorker(string variable) => IsNamed(_ofWorker, Key(variable));

    private static string Key(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>Whether a text of the code names it, or the section that it is an entry of.</summary>
    private static bool IsNamed(HashSet<string> literals, string key) =>
        literals.Contains(key) || (key.Split(':') is [var section, var list, _] && literals.Contains($"{section}:{list}"));

    private static bool IsProperty(Type type, string[] path) =>
        path is not [var name, .. var rest] || (type.GetProperty(name) is { } property && IsProperty(property.PropertyType, rest));

    private static HashSet<string> Literals(params string[] projects) => projects
        .SelectMany(project => Directory.EnumerateFiles(Repository.Path(project.Split('/')), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
        .SelectMany(file => Literal().Matches(File.ReadAllText(file)))
        .Select(match => match.Groups[1].Value)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("\"([A-Za-z][A-Za-z_:]*)\"")]
    private static partial Regex Literal();
}
