using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary><c>docs/rules.md</c> has the rules that code, tests and documents cite, and each has a test that is named for it.</summary>
public sealed partial class RulesTests
{
    private static readonly string[] Folders = ["src", "tests", "samples", "tools", "benchmarks", "docs"];

    private static readonly IReadOnlyList<string> Rules =
        [.. Rule().Matches(File.ReadAllText(Repository.Path("docs", "rules.md"))).Select(rule => rule.Groups[1].Value)];

    [Fact]
    public void Each_rule_is_there_once() => Assert.Equal(Rules.Distinct(), Rules);

    [Fact]
    public void Each_rule_that_is_cited_is_there()
    {
        var cited = Folders.SelectMany(Files).SelectMany(path => Cited().Matches(File.ReadAllText(path)).Select(id => (Rule: id.Value, Path: path))).ToList();

        Assert.True(cited.Count > 1000, $"only {cited.Count} citations");
        Assert.Empty(cited.Where(cite => !Rules.Contains(cite.Rule)).Select(cite => $"{cite.Rule} in {Path.GetRelativePath(Repository.Root, cite.Path)}").Distinct());
    }

    [Fact]
    public void Each_rule_has_a_test_that_is_named_for_it()
    {
        var tests = Files("tests").SelectMany(path => Test().Matches(File.ReadAllText(path))).Select(test => test.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Rules, rule => !tests.Contains(rule));
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Repository.Path(folder), "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".cs" or ".md")
        .Where(path => !Path.GetRelativePath(Repository.Root, path).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    [GeneratedRegex(@"^\| ([SC]\d+[a-z]?) \|", RegexOptions.Multiline)]
    private static partial Regex Rule();

    /// <summary>In brackets, in a list, in a sentence, or as the first word of a test's name.</summary>
    [GeneratedRegex(@"(?<![\w.#""/-])[SC][1-9]\d?a?(?=_[a-z]|[ ,;:.)–|])(?!\.\d)")]
    private static partial Regex Cited();

    [GeneratedRegex(@"^    public (?:async )?\w+ ([SC]\d+[a-z]?)_\w+\(", RegexOptions.Multiline)]
    private static partial Regex Test();
}
