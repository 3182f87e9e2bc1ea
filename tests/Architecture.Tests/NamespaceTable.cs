using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>The exceptions from "a folder's namespace is its path" in <c>docs/architecture.md</c>. The row of a file beats that of its folder;
/// a row of a folder holds for that folder alone.</summary>
internal sealed partial class NamespaceTable
{
    private readonly Dictionary<string, string> _rows = new(StringComparer.Ordinal);

    private NamespaceTable()
    {
    }

    public static NamespaceTable Parse(string document)
    {
        var table = new NamespaceTable();
        foreach (var row in document.Split('\n').Select(line => Row().Match(line)).Where(match => match.Success))
        {
            foreach (Match place in Place().Matches(row.Groups["places"].Value))
            {
                table._rows.Add(place.Groups[1].Value, row.Groups["namespace"].Value);
            }
        }

        return table;
    }

    /// <summary>Namespaces that are neither the folder's path nor a row's, and rows that no file needs.</summary>
    public IEnumerable<string> Faults(IReadOnlyList<SourceFile> files)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => file.Folder.Length > 0))
        {
            var path = $"TaskerCore.Orleans.{file.Folder.Replace('/', '.')}";
            var place = new[] { $"{file.Folder}/{file.Name}", file.Folder }.FirstOrDefault(_rows.ContainsKey);
            foreach (var declared in CSharpSyntaxTree.ParseText(file.Text).GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(space => space.Name.ToString()))
            {
                if (declared != (place is null ? path : _rows[place]))
                {
                    yield return $"{file.Folder}/{file.Name} is in {declared}, not {(place is null ? path : _rows[place])}";
                }
                else if (place is not null && declared != path)
                {
                    needed.Add(place);
                }
            }
        }

        foreach (var place in _rows.Keys.Where(place => !needed.Contains(place)))
        {
            yield return $"no file needs the row of {place}";
        }
    }

    [GeneratedRegex(@"^\| `(?<namespace>[\w.]+)` \| (?<places>`src/[^|]+) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`src/([^`]+)`")]
    private static partial Regex Place();
}
