using System.Text.Json.Nodes;
using Spectre.Console;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

public sealed class HistoryCommandTests
{
    private readonly CliRig _rig = new();

    public HistoryCommandTests() => _rig.Silo.Answers("GET /api/breaker/history?name=billing", FakeSilo.History);

    [Fact]
    public async Task It_shows_a_line_per_transition()
    {
        var end = await _rig.RunAsync("history", "billing");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Equal(["AGE", "AT", "FROM", "TO", "CAUSE", "BY", "TTL", "REASON"], end.Words[0]);
        Assert.Equal(["7", "min", "ago", "2026-11-26T19:58:00Z", "closed", "open", "consecutive_failures", "worker-1", "-", "-"], end.Words[1]);
        Assert.Equal(["6", "min", "ago", "2026-11-26T19:59:00Z", "open", "half_open", "timeout_elapsed", "-", "-", "-"], end.Words[2]);
        Assert.Equal(4, end.Lines.Count);
    }

    [Fact]
    public async Task As_json_it_is_the_answer_of_the_api()
    {
        var end = await _rig.RunAsync("history", "billing", "-o", "json");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FakeSilo.History), JsonNode.Parse(end.Output)), end.Output);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    public void On_a_narrow_terminal_no_word_is_broken_and_no_line_is_longer(int width)
    {
        var now = new DateTimeOffset(2026, 11, 26, 20, 5, 0, TimeSpan.Zero);
        Transition[] transitions =
        [
            new("closed", "open", "1@a", now.AddHours(-3), "consecutive_failures", Worker: "worker-2-in-the-second-zone"),
            new("half_open", "forced_closed", "7@b", now.AddMinutes(-59), "force_closed", Actor: "anna@desk", Reason: "INC-4711: the classifier counts validation errors as failures", TtlSeconds: 1800, GapBefore: new("open", "half_open", 5)),
            new("forced_closed", "closed", "8@b", now.AddSeconds(-5), "release", Actor: "anna@desk", Reason: "done"),
        ];
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = width;

        HistoryTable.Write(console, transitions, now);

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        foreach (var word in new[] { "3 h ago", "consecutive_failures", "worker-2-in-the-second-zone", "59 min ago", "half_open -> forced_closed", "force_closed", "for 30m:", "validation", "5 s ago", "forced_closed -> closed" })
        {
            Assert.Contains(lines, line => line.Contains(word, StringComparison.Ordinal));
        }

        Assert.Contains(lines, line => line.StartsWith("-- gap: 5 transitions missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gap_and_a_ttl_are_shown()
    {
        _rig.Silo.Answers("GET /api/breaker/history?name=billing", """
            {"transitions":[
            {"from":"open","to":"forced_open","generation":"3@0b7c","at":"2026-11-26T19:58:00+00:00","cause":"force_open","worker":null,"actor":"anna","reason":"drill","ttl_seconds":5400,
            "gap_before":{"missing":2,"from":"closed","to":"open"}}]}
            """);

        var end = await _rig.RunAsync("history", "billing");

        Assert.Equal(["-", "-", "closed", "open", "gap:2"], end.Words[1].Take(5));
        Assert.Equal(["force_open", "anna", "1h30m", "drill"], end.Words[2][^4..]);
    }
}
