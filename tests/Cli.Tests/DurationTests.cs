namespace TaskerCore.Orleans.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90, "90s")]
    [InlineData("90", 90, "90s")]
    [InlineData("15m", 900, "15m")]
    [InlineData("2h", 7200, "2h")]
    [InlineData("1d", 86_400, "1d")]
    [InlineData("36h", 129_600, "36h")]
    [InlineData("500ms", 0.5, "500ms")]
    [InlineData("1.5s", 1.5, "1500ms")]
    [InlineData("0", 0, "0s")]
    public void It_is_read_and_written_in_the_units_that_people_use(string text, double seconds, string written)
    {
        var duration = Duration.Parse(text);

        Assert.Equal(seconds, duration!.Value.Value.TotalSeconds, 9);
        Assert.Equal(written, duration.Value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1")]
    [InlineData("-1s")]
    [InlineData("1w")]
    [InlineData("1 h")]
    [InlineData("1,5s")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("99999999999d")]
    public void What_is_no_duration_is_none(string text) => Assert.Null(Duration.Parse(text));
}
