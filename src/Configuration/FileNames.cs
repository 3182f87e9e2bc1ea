namespace TaskerCore.Orleans.Configuration;

/// <summary>Names of files as the configuration compares them: in any case, and <c>.yml</c> is <c>.yaml</c>.</summary>
internal static class FileNames
{
    private const string Short = ".yml";
    private const string Long = ".yaml";

    /// <summary>The names in a folder, in order.</summary>
    public static IReadOnlyList<string> In(string folder) => [.. Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Whether two names mean the same file to a reader.</summary>
    public static bool AreAlike(string one, string other) => string.Equals(Normal(one), Normal(other), StringComparison.OrdinalIgnoreCase);

    private static string Normal(string name) => name.EndsWith(Short, StringComparison.OrdinalIgnoreCase) ? name[..^Short.Length] + Long : name;
}
