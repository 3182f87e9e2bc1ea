using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary>What documents point to is there.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Files => [.. MarkdownFile.All.Select(file => file.Path)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_link_leads_to_a_file_of_the_repository_and_to_a_heading_in_it_or_is_the_address_of_a_page(string path)
    {
        var file = MarkdownFile.All.Single(file => file.Path == path);

        Assert.All(file.Links, link => Assert.True(IsThere(file, link.Target), $"{link.Place}: {link.Target}"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_path_in_the_text_is_one_of_the_repository(string path)
    {
        var terms = MarkdownFile.All.Single(file => file.Path == path).Terms.Where(term => RepositoryPath().IsMatch(term.Text));

        // Folders that scripts make are named with what makes them.
        Assert.All(terms, term => Assert.True(
            Path.Exists(Repository.Path(term.Text.Split('/'))) || term.Text.StartsWith("docker/secrets", StringComparison.Ordinal), $"{term.Place}: {term.Text}"));
    }

    [Fact]
    public void There_are_links_and_paths_to_follow()
    {
        Assert.True(MarkdownFile.All.Sum(file => file.Links.Count()) >= 200);
        Assert.True(MarkdownFile.All.Sum(file => file.Terms.Count(term => RepositoryPath().IsMatch(term.Text))) >= 40);
    }

    [Fact]
    public void Every_document_can_be_reached_from_the_readme()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(["README.md"]);
        while (next.TryDequeue(out var path))
        {
            if (reached.Add(path) && MarkdownFile.All.SingleOrDefault(file => file.Path == path) is { } file)
            {
                foreach (var link in file.Links.Where(link => !IsAddress(link.Target)))
                {
                    next.Enqueue(Target(file, link.Target).Path);
                }
            }
        }

        Assert.Empty(MarkdownFile.All.Select(file => file.Path).Where(path => !path.StartsWith("src/", StringComparison.Ordinal)).Except(reached));
    }

    private static bool IsThere(MarkdownFile file, string target)
    {
        if (IsAddress(target))
        {
            return Uri.TryCreate(target, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps;
        }

        var (path, anchor) = Target(file, target);
        return Path.Exists(Repository.Path(path))
            && (anchor.Length == 0 || MarkdownFile.All.SingleOrDefault(other => other.Path == path) is { } other && other.Anchors.Contains(anchor));
    }

    private static bool IsAddress(string target) => target.Contains("://", StringComparison.Ordinal);

    private static (string Path, string Anchor) Target(MarkdownFile file, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0
            ? file.Path
            : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(file.Path)!, parts[0])));
        return (path, parts.ElementAtOrDefault(1) ?? "");
    }

    [GeneratedRegex(@"^(src|tests|docs|docker|samples|tools|eng|benchmarks|config)/[\w./-]+$")]
    private static partial Regex RepositoryPath();
}
