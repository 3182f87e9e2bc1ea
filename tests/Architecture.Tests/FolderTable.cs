using System.Text.RegularExpressions;

namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>The table of folders in <c>docs/architecture.md</c>: a row for each folder of <c>src</c>, whose last cell names the folders that it
/// may use. The name of a project that has no code right in its own folder stands for all its folders.</summary>
internal sealed partial class FolderTable
{
    private readonly Dictionary<string, IReadOnlyList<string>> _rows = new(StringComparer.Ordinal);

    private FolderTable()
    {
    }

    /// <summary>What each folder may use.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Rows => _rows;

    public static FolderTable Parse(string document)
    {
        var table = new FolderTable();
        foreach (var row in document.Split('\n').Select(line => Row().Match(line)).Where(match => match.Success))
        {
            table._rows.Add(row.Groups["folder"].Value, [.. Name().Matches(row.Groups["uses"].Value).Select(name => name.Groups[1].Value)]);
        }

        return table;
    }

    /// <summary>Uses that the table does not allow.</summary>
    public IEnumerable<string> Forbidden(FolderGraph graph) => graph.Uses
        .Where(use => !_rows.GetValueOrDefault(use.Key.From, []).Any(name => Covers(graph, name, use.Key.To)))
        .Select(use => $"{use.Key.From} may not use {use.Key.To}: {use.Value}");

    /// <summary>Uses that the table allows and nothing makes.</summary>
    public IEnumerable<string> Unused(FolderGraph graph) =>
        from row in _rows
        from name in row.Value
        where !graph.Uses.Keys.Any(use => use.From == row.Key && Covers(graph, name, use.To))
        select $"{row.Key} does not use {name}";

    /// <summary>Whether a name in a row stands for the folder.</summary>
    private static bool Covers(FolderGraph graph, string name, string folder) =>
        name == folder || (!graph.Folders.Contains(name) && folder.StartsWith(name + '/', StringComparison.Ordinal));

    [GeneratedRegex(@"^\| `src/(?<folder>[^`]+)` \|.*\| (?<uses>[^|]*) \|\r?$")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
