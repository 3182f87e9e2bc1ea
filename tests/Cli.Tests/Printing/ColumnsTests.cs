using TaskerCore.Orleans.Cli.Printing;

namespace TaskerCore.Orleans.Cli.Tests.Printing;

public sealed class ColumnsTests
{
    [Theory]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("one two three", 3, "one|two|thr|ee")]
    [InlineData("", 5, "")]
    [InlineData("consecutive_failures by w", 20, "consecutive_failures|by w")]
    public void Text_is_wrapped_between_words(string text, int width, string expected) => Assert.Equal(expected, string.Join('|', Columns.Wrap(text, width)));

    [Theory]
    [InlineData("billing", 7, "billing")]
    [InlineData("billing", 6, "billi\u2026")]
    [InlineData("billing", 1, "\u2026")]
    [InlineData("billing", 0, "")]
    public void Text_is_cut_with_a_mark(string text, int width, string expected) => Assert.Equal(expected, Columns.Cut(text, width));

    [Theory]
    [InlineData(20, "0,1,2")]
    [InlineData(13, "0,1,2")]
    [InlineData(12, "0,2")]
    [InlineData(7, "0")]
    [InlineData(1, "0")]
    public void Columns_of_the_highest_rank_go_first(int width, string expected) =>
        Assert.Equal(expected, string.Join(',', Columns.ThatFit([["aaa", "bbb", "ccc"]], [0, 2, 1], width)));
}
