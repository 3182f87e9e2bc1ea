using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Shell;

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
    [InlineData("1h30m", 5400, "90m")]
    [InlineData("1m30s", 90, "90s")]
    [InlineData("1d2h", 93_600, "26h")]
    [InlineData("2d 3h 4m 5s", 183_845, "183845s")]
    [InlineData("12 s", 12, "12s")]
    [InlineData("1.5h", 5400, "90m")]
    [InlineData("1s500ms", 1.5, "1500ms")]
    [InlineData("90m", 5400, "90m")]
    [InlineData("PT1H30M", 5400, "90m")]
    [InlineData("P1D", 86_400, "1d")]
    [InlineData("P1DT12H", 129_600, "36h")]
    [InlineData("PT0.5S", 0.5, "500ms")]
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
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("1h-30m")]
    [InlineData("h30m")]
    [InlineData("1h30")]
    [InlineData(" ")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("-PT1H")]
    [InlineData("PT-1H")]
    [InlineData("pt1h")]
    [InlineData("1,5s")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("99999999999d")]
    public void What_is_no_duration_is_none(string text) => Assert.Null(Duration.Parse(text));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(61)]
    [InlineData(5400)]
    [InlineData(93_600)]
    [InlineData(31_536_000)]
    public void What_is_printed_as_a_duration_is_read_back(int seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);

        Assert.Equal(span, Duration.Parse(new Duration(span).ToString())!.Value.Value);
        var printed = Shown.Span(span);
        Assert.Equal(printed, Shown.Span(Duration.Parse(printed)!.Value.Value));
    }
}
