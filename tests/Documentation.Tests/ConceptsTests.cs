using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Documentation.Tests;

/// <summary>docs/concepts.md knows every state and every cause.</summary>
public sealed class ConceptsTests
{
    private static readonly MarkdownFile Concepts = MarkdownFile.All.Single(file => file.Path == "docs/concepts.md");

    [Fact]
    public void The_diagram_and_the_table_have_every_state_and_every_cause()
    {
        var diagram = Concepts.Blocks.Single(block => block.Language == "mermaid").Text
            .Split([' ', ',', ':', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var terms = Concepts.Terms.Select(term => term.Text).ToHashSet(StringComparer.Ordinal);

        Assert.All(
            Enum.GetValues<BreakerState>().Select(SnakeCase.Of).Concat(Enum.GetValues<TransitionCause>().Select(SnakeCase.Of)),
            name =>
            {
                Assert.Contains(name, diagram);
                Assert.Contains(name, terms);
            });
    }
}
