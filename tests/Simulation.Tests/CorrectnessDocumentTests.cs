using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Simulation.Planting;

namespace TaskerCore.Orleans.Simulation.Tests;

/// <summary>docs/correctness.md speaks of tests and defects that there are.</summary>
public sealed partial class CorrectnessDocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.Path("docs", "correctness.md"));

    [Fact]
    public void Every_test_that_it_names_is_where_it_says()
    {
        var links = Link().Matches(Document);

        Assert.True(links.Count > 50, $"only {links.Count} tests are named");
        Assert.All(links, link => Assert.Contains(
            $" {link.Groups["test"].Value}(", File.ReadAllText(Repository.Path(link.Groups["path"].Value)), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_and_every_planted_defect_is_there()
    {
        string[] rules = [.. Enumerable.Range(1, 19).Select(number => $"S{number}"), .. Enumerable.Range(1, 10).Select(number => $"C{number}")];

        Assert.All(rules, rule => Assert.Contains($"\n| {rule} |", Document, StringComparison.Ordinal));
        Assert.All(PlantedDefects.All, defect => Assert.Contains($"\n| {defect.Name} |", Document, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\[(?<test>[SC]\d+_\w+)\]\(\.\./(?<path>[^)]+)\)")]
    private static partial Regex Link();
}
