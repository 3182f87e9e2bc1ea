namespace TaskerCore.Orleans.Fleet.Tests;

/// <summary>The story's lines where output is no terminal.</summary>
public sealed class WrappingTests
{
    private const string Text = "worker-1: 695 messages sent, 695 of them read; 3 read twice, because of 16 calls that failed without an answer; 10 calls rejected";

    [Theory]
    [InlineData(80)]
    [InlineData(40)]
    [InlineData(24)]
    public void No_line_is_too_long_no_word_is_broken_and_what_follows_is_indented(int width)
    {
        var lines = Wrapping.Of(Text, width, "   ", "     ").ToList();

        Assert.True(lines.Count > 1);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.StartsWith("   worker-1", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Matches("^ {5}[^ ]", line));
        Assert.Equal(Text.Split(' '), lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void A_text_that_fits_is_one_line() => Assert.Equal(["-- Healthy traffic"], Wrapping.Of("Healthy traffic", 18, "-- ", "   "));

    [Fact]
    public void A_word_that_is_longer_than_a_line_has_one_of_its_own() =>
        Assert.Equal(["- in", "  /tmp/taskercore-demo-a1b2c3", "  now"], Wrapping.Of("in /tmp/taskercore-demo-a1b2c3 now", 10, "- ", "  "));

    [Fact]
    public void No_text_is_an_empty_line() => Assert.Equal([""], Wrapping.Of(string.Empty, 80, string.Empty, "  "));
}
