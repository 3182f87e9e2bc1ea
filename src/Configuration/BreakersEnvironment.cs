using System.Collections;
using System.Text.RegularExpressions;

namespace TaskerCore.Orleans.Configuration;

/// <summary>The environment whose overlay is laid over the file (S16). Names of environments are compared as .NET compares them: in any case.</summary>
internal static partial class BreakersEnvironment
{
    /// <summary>The variable that decides first.</summary>
    public const string Variable = "TASKER_ENV";

    private const string NetVariable = "DOTNET_ENVIRONMENT";

    /// <summary>What holds where no variable is set.</summary>
    public const string Default = "production";

    /// <summary><c>TASKER_ENV</c>, else <c>DOTNET_ENVIRONMENT</c>, else <c>production</c>; a variable that is blank counts as not set.</summary>
    public static string Name(IDictionary variables) => Value(variables, Variable) ?? Value(variables, NetVariable) ?? Default;

    /// <summary>Whether <c>TASKER_ENV</c> decides.</summary>
    public static bool IsOurs(IDictionary variables) => Value(variables, Variable) is not null;

    /// <summary>Whether two names mean one environment.</summary>
    public static bool AreEqual(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it may be a part of a file's name.</summary>
    public static bool IsValid(string name) => PlainName().IsMatch(name);

    /// <summary>The overlays of a file for an environment, by path: one that is named for it in any case, as <c>.yaml</c> or <c>.yml</c>.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder may not be listed.</exception>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    public static IReadOnlyList<string> Overlays(string path, string environment)
    {
        var folder = Path.GetDirectoryName(path) ?? string.Empty;
        var wanted = $"{Path.GetFileNameWithoutExtension(path)}.{environment}{Path.GetExtension(path)}";
        var listed = folder.Length == 0 ? "." : folder;
        return Directory.Exists(listed) ? [.. FileNames.In(listed).Where(name => FileNames.AreAlike(name, wanted)).Select(name => Path.Combine(folder, name))] : [];
    }

    /// <summary>A variable's value without blanks around it: .NET takes the names of variables in any case.</summary>
    private static string? Value(IDictionary variables, string name)
    {
        return Text(name) ?? variables.Keys.OfType<string>()
            .Where(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Select(Text).FirstOrDefault(value => value is not null);

        string? Text(string key) => (variables[key] as string)?.Trim() is { Length: > 0 } value ? value : null;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex PlainName();
}
