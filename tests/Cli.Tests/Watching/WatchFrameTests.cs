using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Watching;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

/// <summary>What the live screen shows in how much room.</summary>
public sealed class WatchFrameTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 20, 14, 15, TimeSpan.Zero);
    private static readonly Uri Server = new("http://127.0.0.1:8080/");

    private readonly WatchView _view = new();

    [Theory]
    [InlineData(80, 24)]
    [InlineData(60, 20)]
    [InlineData(40, 10)]
    [InlineData(20, 5)]
    [InlineData(200, 60)]
    [InlineData(1, 1)]
    public void It_fits_and_fills_the_terminal(int width, int height)
    {
        SeeFleet();

        var lines = new WatchFrame(_view, Server, Now, width, height).Draw();

        Assert.True(lines.Count == height || height < 5, $"{lines.Count} lines");
        Assert.All(lines, line => Assert.InRange(Columns.Width(line.Render(width, hasColor: false)), 0, width));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public void Cause_and_worker_are_shown_and_counts_with_rates_at_80(int width)
    {
        SeeFleet();

        var text = Text(width, 24);

        Assert.Contains("consecutive_failures by worker-2", text, StringComparison.Ordinal);
        Assert.Contains("force_open by anna for 30m: INC-4711", text, StringComparison.Ordinal);
        if (width == 80)
        {
            Assert.Contains("CALLS", text, StringComparison.Ordinal);
            Assert.Contains("8363 59/s", text, StringComparison.Ordinal);
            Assert.Contains("FAILED", text, StringComparison.Ordinal);
            Assert.Contains("REJECTED", text, StringComparison.Ordinal);
        }

        Assert.Contains("pgmq is open since 12s (20:14:03Z), probes in 18s.", text, StringComparison.Ordinal);
        Assert.Contains("calls 8363 (59/s), failed 40 (0.2/s), rejected 12 (1.2/s)", string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("q quit", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_selected_row_is_always_in_sight()
    {
        _view.Update(new Look([.. Enumerable.Range(0, 500).Select(number => new Breaker($"c{number:000}", "open", "1", LastTransition: Tripped))], null), TimeSpan.Zero);

        for (var pressed = 0; pressed < 520; pressed++)
        {
            Assert.Contains($"> c{Math.Min(pressed, 499):000}", Text(60, 20), StringComparison.Ordinal);
            _view.Press(new ConsoleKeyInfo('\0', ConsoleKey.DownArrow, shift: false, alt: false, control: false));
        }
    }

    [Fact]
    public void Nothing_that_a_server_says_moves_the_cursor()
    {
        _view.Update(new Look([new Breaker("a\e[2Jb", "open", "1", LastTransition: Tripped with { Worker = "w\u202e\n\e]0;x\a" })], null), TimeSpan.Zero);

        Assert.All(new WatchFrame(_view, Server, Now, 80, 24).Draw(), line => Assert.DoesNotContain(line.Render(80, hasColor: false), sign => char.IsControl(sign) || sign == '\u202e'));
    }

    [Fact]
    public void Text_of_double_width_is_cut_by_its_cells()
    {
        var line = ScreenLine.Of(new string('\u4e2d', 50)).Render(21, hasColor: false);

        Assert.InRange(Columns.Width(line), 19, 21);
    }

    private static Transition Tripped => new("closed", "open", "1@a", Now.AddSeconds(-12), "consecutive_failures", Worker: "worker-2");

    private string Text(int width, int height) => string.Join('\n', new WatchFrame(_view, Server, Now, width, height).Draw().Select(line => line.Render(width, hasColor: false)));

    private void SeeFleet()
    {
        _view.Update(Fleet(7773, 38, 0), TimeSpan.Zero);
        _view.Update(Fleet(8363, 40, 12), TimeSpan.FromSeconds(10));
    }

    private static Look Fleet(long calls, long failed, long rejected) => new(
        [
            new Breaker("pgmq", "open", "1@a", Now.AddSeconds(-12), 18, 0, new Counts(calls, failed, rejected), Workers: 3, LastTransition: Tripped),
            new Breaker("http/billing.example.org", "forced_open", "2@a", Now.AddMinutes(-5), 1500, 0, new Counts(1_234_567, 12, 99_000), 3, LastTransition: Tripped with { To = "forced_open", Cause = "force_open", Worker = null, Actor = "anna", Reason = "INC-4711", TtlSeconds = 1800 }),
            new Breaker("cache", "half_open", "2@a", Now.AddSeconds(-2), null, 0, new Counts(10, 5, 0), 1, ProbesOutstanding: 2, LastTransition: Tripped with { To = "half_open" }),
            new Breaker("idle", "closed", "0", Counts: new Counts(0, 0, 0), Used: false),
        ],
        null);
}
