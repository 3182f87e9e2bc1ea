using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Shell;

public sealed class ShownTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(" a\tb\r\nc ", "a b  c")]
    [InlineData("\e[2J", "\uFFFD[2J")]
    [InlineData("a\u202Eb\u200B", "a\uFFFDb\uFFFD")]
    [InlineData("\u00fc \u65e5", "\u00fc \u65e5")]
    public void A_line_has_nothing_in_it_that_commands_a_terminal(string text, string expected) => Assert.Equal(expected, Shown.Line(text));

    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0.4, "0s")]
    [InlineData(59, "59s")]
    [InlineData(59.9, "1m")]
    [InlineData(90, "1m30s")]
    [InlineData(3600, "1h")]
    [InlineData(3661, "1h1m")]
    [InlineData(90_000, "1d1h")]
    [InlineData(86_400 * 400, "400d")]
    public void A_span_is_told_in_its_two_largest_units(double seconds, string expected) => Assert.Equal(expected, Shown.Span(TimeSpan.FromSeconds(seconds)));
}
