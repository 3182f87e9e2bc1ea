using System.Text.Json.Nodes;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

public sealed class HistoryCommandTests
{
    private readonly CliRig _rig = new();

    public HistoryCommandTests() => _rig.Silo.Answers("GET /api/breakers/billing/history", FakeSilo.History);

    [Fact]
    public async Task It_shows_a_line_per_transition()
    {
        var end = await _rig.RunAsync("history", "billing");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Equal(["AT", "FROM", "TO", "CAUSE", "BY", "REASON"], end.Words[0]);
        Assert.Equal(["2026-11-26T19:58:00Z", "closed", "open", "consecutive_failures", "worker-1", "-"], end.Words[1]);
        Assert.Equal(["2026-11-26T19:59:00Z", "open", "half_open", "timeout_elapsed", "-", "-"], end.Words[2]);
        Assert.Equal(4, end.Lines.Count);
    }

    [Fact]
    public async Task As_json_it_is_the_answer_of_the_api()
    {
        var end = await _rig.RunAsync("history", "billing", "-o", "json");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FakeSilo.History), JsonNode.Parse(end.Output)), end.Output);
    }
}
