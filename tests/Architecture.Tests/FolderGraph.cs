using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Architecture.Tests;

/// <summary>Which folder uses which: an edge for each folder that declares a type whose name or member the code of another folder uses. Comments
/// and documentation do not count.</summary>
internal sealed class FolderGraph
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    /// <summary>Everything but this project's own assemblies, which are compiled from source.</summary>
    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. RuntimeAssemblies.Paths
            .Where(path => !Path.GetFileName(path).StartsWith("TaskerCore.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly SortedDictionary<(string From, string To), string> _uses = [];

    private FolderGraph(IReadOnlyList<SourceFile> files) =>
        Folders = new SortedSet<string>(files.Select(file => file.Folder).Where(folder => folder.Length > 0), StringComparer.Ordinal);

    /// <summary>All folders that have code.</summary>
    public IReadOnlySet<string> Folders { get; }

    /// <summary>The edges, each with one place that makes it.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Uses => _uses;

    /// <summary>Compiles the files together and reads what their code uses.</summary>
    public static FolderGraph Of(IReadOnlyList<SourceFile> files)
    {
        var graph = new FolderGraph(files);
        var trees = files.ToDictionary(file => CSharpSyntaxTree.ParseText(file.Text, Parsing, $"{file.Folder}/{file.Name}"), file => file);
        var compilation = CSharpCompilation.Create(
            "Source", trees.Keys, References, new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        foreach (var (tree, file) in trees.Where(tree => tree.Value.Folder.Length > 0))
        {
            graph.Read(file.Folder, tree, compilation.GetSemanticModel(tree));
        }

        return graph;
    }

    /// <summary>The groups of folders that use each other, directly or through others.</summary>
    public IReadOnlyList<string> Cycles()
    {
        var reach = Folders.ToDictionary(folder => folder, Reached, StringComparer.Ordinal);
        return
        [
            .. Folders.Select(folder => string.Join(" <-> ", reach[folder].Where(other => reach[other].Contains(folder)).Order(StringComparer.Ordinal)))
                .Where(cycle => cycle.Length > 0).Distinct(),
        ];
    }

    private HashSet<string> Reached(string folder)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([folder]);
        while (next.TryPop(out var current))
        {
            foreach (var (_, to) in _uses.Keys.Where(edge => edge.From == current && reached.Add(edge.To)))
            {
                next.Push(to);
            }
        }

        return reached;
    }

    private void Read(string folder, SyntaxTree tree, SemanticModel model)
    {
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name is not IdentifierNameSyntax { IsVar: true }))
        {
            var info = model.GetSymbolInfo(name);
            if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is { } symbol && FolderOf(symbol) is { } used && used != folder)
            {
                _uses.TryAdd((folder, used), $"{tree.FilePath}:{name.GetLocation().GetLineSpan().StartLinePosition.Line + 1} {name.Identifier.Text}");
            }
        }
    }

    /// <summary>The folder that declares the type, or the type of the member; null for other symbols and for types from elsewhere.</summary>
    private static string? FolderOf(ISymbol symbol)
    {
        var type = symbol switch
        {
            INamedTypeSymbol named => named,
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType,
            _ => null,
        };
        var path = type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
        return path is null || path.StartsWith('/') ? null : path[..path.LastIndexOf('/')];
    }
}
