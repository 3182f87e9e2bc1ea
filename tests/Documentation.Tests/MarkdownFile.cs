using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary>A fenced block: its language, its text, and where it is.</summary>
internal sealed record CodeBlock(string Language, string Text, string Place);

/// <summary>A link, or a picture: where it goes, and where it is.</summary>
internal sealed record Link(string Target, string Place);

/// <summary>A document of this repository.</summary>
internal sealed class MarkdownFile
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();
    private readonly MarkdownDocument _document;

    private MarkdownFile(string path)
    {
        Path = path;
        _document = Markdown.Parse(File.ReadAllText(Repository.Path(path)), Pipeline);
    }

    /// <summary>Every document that is for readers, by its path from the repository's root.</summary>
    public static IReadOnlyList<MarkdownFile> All { get; } =
    [
        new("CHANGELOG.md"), new("CONTRIBUTING.md"), new("README.md"), new("SECURITY.md"),
        .. Directory.EnumerateFiles(Repository.Path("docs"), "*.md")
            .Concat(Directory.EnumerateFiles(Repository.Path("src"), "README.md", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }))
            .Append(Repository.Path("benchmarks", "reports", "report.md"))
            .Select(file => System.IO.Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal)
            .Select(path => new MarkdownFile(path)),
    ];

    /// <summary>Its path from the repository's root.</summary>
    public string Path { get; }

    /// <summary>Its fenced blocks.</summary>
    public IEnumerable<CodeBlock> Blocks => _document.Descendants<FencedCodeBlock>()
        .Select(block => new CodeBlock(block.Info ?? "", block.Lines.ToString(), $"{Path}:{block.Line + 1}"));

    /// <summary>Its links and pictures.</summary>
    public IEnumerable<Link> Links => _document.Descendants<LinkInline>().Select(link => new Link(link.Url ?? "", $"{Path}:{link.Line + 1}"));

    /// <summary>What stands in its text as code: names, paths, commands.</summary>
    public IEnumerable<(string Text, string Place)> Terms => _document.Descendants<CodeInline>().Select(code => (code.Content, $"{Path}:{code.Line + 1}"));

    /// <summary>What a link may name in it.</summary>
    public IReadOnlySet<string> Anchors => _document.Descendants<HeadingBlock>()
        .Select(heading => heading.TryGetAttributes()?.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>Every block of a language.</summary>
    public static TheoryData<string, string> BlocksOf(string language) =>
        new(All.SelectMany(file => file.Blocks).Where(block => block.Language == language).Select(block => new TheoryDataRow<string, string>(block.Place, block.Text)));
}
