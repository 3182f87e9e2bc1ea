using TaskerCore.Orleans.Silo.Logging;

namespace TaskerCore.Orleans.Silo.Tests.Logging;

/// <summary>What callers sent, on one line.</summary>
public sealed class OneLineTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("drill", "drill")]
    [InlineData("a\r\nb\tc\u001b[31m", "a  b c [31m")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    public void It_has_no_line_ends_and_no_control_characters(string? text, string expected) => Assert.Equal(expected, OneLine.Of(text));

    [Fact]
    public void It_is_cut_after_600_characters() => Assert.Equal(new string('x', 600) + "...", OneLine.Of(new string('x', 601)));
}
