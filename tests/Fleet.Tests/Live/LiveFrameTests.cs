using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Live;
using TaskerCore.Orleans.Fleet.Running;

namespace TaskerCore.Orleans.Fleet.Tests.Live;

/// <summary>What the table looks like in terminals of several sizes.</summary>
public sealed class LiveFrameTests
{
    private const string Error = "Failed to connect to 127.0.0.1:36381: Connection reset by peer";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 13, 14, 15, TimeSpan.Zero);

    [Theory]
    [InlineData(80, 24)]
    [InlineData(160, 50)]
    [InlineData(60, 20)]
    [InlineData(40, 10)]
    [InlineData(300, 100)]
    [InlineData(1, 1)]
    public void A_frame_is_never_larger_than_the_terminal(int width, int height)
    {
        var lines = LiveFrame.Of(Model(events: 60), width, height);

        Assert.True(lines.Count <= height, $"{lines.Count} lines");
        Assert.All(lines, line => Assert.True(line.Text.Length <= width, line.Text));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(160, 50)]
    public void Nothing_is_cut_off_and_a_frame_fills_the_terminal(int width, int height)
    {
        var lines = Text(Model(events: 60), width, height);

        Assert.Equal(height, lines.Count);
        Assert.All(lines, line => Assert.DoesNotContain("…", line, StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("q quit", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("logs: /tmp/taskercore-demo-a1b2c3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(160)]
    public void Cells_stand_under_their_headings(int width)
    {
        var lines = Text(Model(events: 0), width, 24);
        var heading = Assert.Single(lines, line => line.Contains("WORKER ", StringComparison.Ordinal) && line.Contains("CIRCUIT", StringComparison.Ordinal));
        var rows = lines.SkipWhile(line => line != heading).Skip(1).Take(3).ToList();

        Assert.Equal(["worker-1", "forced-closed", "starting", "1234", "1000", "999", "1000000", "12345678", "whole"], Words(rows[0]));
        Assert.Equal(["worker-2", "open, 12 s", "alone", "3", "0", "0", "7", "2", "cut"], Words(rows[1]));
        Assert.All(rows, row => Assert.Equal(heading.IndexOf("PATH", StringComparison.Ordinal), row.LastIndexOf(' ', row.TrimEnd().Length - 1) + 1));
        Assert.All(rows, row => Assert.Equal(' ', row[heading.IndexOf("REJECTED", StringComparison.Ordinal) + "REJECTED".Length]));
    }

    [Fact]
    public void A_worker_has_the_time_until_it_probes_and_the_title_that_of_the_cluster()
    {
        var model = Model(events: 0);
        model = model with { Workers = [model.Workers[1] with { Mode = BreakerMode.Connected, ProbesIn = TimeSpan.FromSeconds(8.2) }, model.Workers[2]] };

        Assert.StartsWith(" Breaker pgmq: open, probes in 9 s ", Text(model, 80, 24)[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, true, "2 silos run, pgmq runs")]
    [InlineData(1, true, "1 silo runs, pgmq runs")]
    [InlineData(0, false, "no silo runs, pgmq is stopped")]
    public void The_title_says_what_runs_and_fits(int silos, bool queueRuns, string words)
    {
        var model = Model(events: 0);
        model = model with
        {
            QueueRuns = queueRuns,
            Silos = [.. model.Silos.Select((silo, index) => silo with { State = index < silos ? SiloState.Running : SiloState.Down })],
            Workers = [.. model.Workers.Select(worker => worker with { Mode = BreakerMode.Local })],
        };

        Assert.Matches($"^ Breaker pgmq: each worker alone  +{words}  13:14:15 $", Text(model, 80, 24)[0]);
    }

    [Fact]
    public void The_newest_events_come_first_with_the_error_under_them()
    {
        var lines = Text(Model(events: 60), 80, 24);
        var first = lines.Index().Single(line => line.Item.Contains("EVENTS", StringComparison.Ordinal)).Index + 1;

        Assert.Equal(" 13:14:15  closed -> open, consecutive failures, by worker-59", lines[first]);
        Assert.Equal("           " + Error, lines[first + 1]);
        Assert.Equal(" 13:14:15  closed -> open, consecutive failures, by worker-58", lines[first + 2]);
    }

    [Fact]
    public void A_long_error_goes_on_in_the_next_line()
    {
        var model = Model(events: 0) with { Events = [new FleetEvent(Now, "closed -> open", string.Join(' ', Enumerable.Repeat("reason", 20)), Ink.Bad)] };

        var lines = Text(model, 80, 24);

        Assert.Equal(20, lines.Sum(line => line.Split(' ').Count(word => word == "reason")));
        Assert.All(lines.Where(line => line.Contains("reason", StringComparison.Ordinal)), line => Assert.Matches("^ {11}reason", line));
    }

    private static List<string> Words(string row) =>
        [.. System.Text.RegularExpressions.Regex.Split(row.Trim(), "(?<!,) +(?!s )").Where(word => word.Length > 0)];

    private static List<string> Text(LiveModel model, int width, int height) => [.. LiveFrame.Of(model, width, height).Select(line => line.Text)];

    private static LiveModel Model(int events) => new(
        Now,
        QueueRuns: true,
        [
            new SiloRow("silo-1", SiloState.Running, Decides: true, "127.0.0.1:31998", "http://127.0.0.1:31999"),
            new SiloRow("silo-2", SiloState.Starting, Decides: false, "127.0.0.1:31998", "http://127.0.0.1:31999"),
        ],
        [
            new WorkerRow("worker-1", BreakerState.ForcedClosed, BreakerMode.Starting, TimeSpan.FromHours(1), 1234, 1000, 999, 1_000_000, 12_345_678, PathIsCut: false),
            new WorkerRow("worker-2", BreakerState.Open, BreakerMode.Local, TimeSpan.FromSeconds(11.2), 3, 0, 0, 7, 2, PathIsCut: true),
            new WorkerRow("worker-3", BreakerState.HalfOpen, BreakerMode.Connected, null, 3, 99.6, 50, 0, 0, PathIsCut: false),
        ],
        [.. Enumerable.Range(0, events).Select(number => new FleetEvent(Now, $"closed -> open, consecutive failures, by worker-{number}", Error, Ink.Bad))],
        "/tmp/taskercore-demo-a1b2c3");
}
