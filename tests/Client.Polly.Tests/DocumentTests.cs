using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>docs/polly.md shows what <see cref="DocumentExamples"/> runs.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_example_is_run()
    {
        var run = Unindented(File.ReadAllText(Repository.Path("tests", "Client.Polly.Tests", "DocumentExamples.cs")));

        var examples = Example().Matches(File.ReadAllText(Repository.Path("docs", "polly.md")));

        Assert.Equal(11, examples.Count);
        Assert.All(examples, example => Assert.Contains(Unindented(example.Groups["code"].Value), run, StringComparison.Ordinal));
    }

    private static string Unindented(string code) => Indentation().Replace(code, "\n");

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\n\s*")]
    private static partial Regex Indentation();
}
