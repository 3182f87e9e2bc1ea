using System.Text.Json.Nodes;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

public sealed class ListCommandTests
{
    private readonly CliRig _rig = new();

    public ListCommandTests() => _rig.Silo.Answers("GET /api/breakers", FakeSilo.List);

    [Fact]
    public async Task It_shows_a_line_per_breaker_and_the_summary()
    {
        var end = await _rig.RunAsync("list");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Equal(["NAME", "STATE", "SINCE", "NEXT", "CALLS", "FAILED", "REJECTED", "WORKERS", "NOTE"], end.Words[0]);
        Assert.Equal(["billing", "open", "5m", "12s", "120", "20", "7", "3", "5", "failures", "in", "a", "row"], end.Words[1]);
        Assert.Equal(["pgmq", "closed", "-", "-", "0", "0", "0", "0", "never", "used"], end.Words[2]);
        Assert.Equal("2 breakers: 1 closed, 1 open, 0 half-open, 0 forced open, 0 forced closed; health 0.50", end.Lines[3]);
        Assert.Equal(4, end.Lines.Count);
    }

    [Fact]
    public async Task As_json_it_is_the_answer_of_the_api_whole()
    {
        var end = await _rig.RunAsync("list", "--output", "json");

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FakeSilo.List), JsonNode.Parse(end.Output)), end.Output);
    }

    [Fact]
    public async Task As_yaml_it_has_the_same_keys_and_types()
    {
        var end = await _rig.RunAsync("list", "-o", "yaml");

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        Assert.Equal(
            ["breakers:", "- name: billing", "  state: open", "  generation: \"3@0b7c\"", "  since: \"2026-11-26T20:00:00.5+00:00\"", "  remaining_seconds: 12.5"],
            end.Lines.Take(6));
        Assert.Contains("  window_failure_rate: null", end.Lines);
        Assert.Contains("    calls: 120", end.Lines);
        Assert.Equal("  health_score: 0.5", end.Lines[^1]);
    }

    [Fact]
    public async Task A_state_is_asked_of_the_server()
    {
        _rig.Silo.Answers("GET /api/breakers?state=half_open", """{"breakers":[],"summary":{"total":2,"closed":1,"open":1,"half_open":0,"forced_open":0,"forced_closed":0,"health_score":0.5}}""");

        var end = await _rig.RunAsync("list", "--state", "half_open");

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        Assert.Equal(2, end.Lines.Count);
    }

    [Theory]
    [InlineData("open", ExitCode.Open)]
    [InlineData("forced_open", ExitCode.Open)]
    [InlineData("half_open", ExitCode.Ok)]
    [InlineData("forced_closed", ExitCode.Ok)]
    [InlineData("closed", ExitCode.Ok)]
    public async Task A_script_can_ask_by_the_exit_code_whether_one_rejects(string state, int expected)
    {
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List.Replace("\"state\":\"open\"", $"\"state\":\"{state}\"", StringComparison.Ordinal));

        Assert.Equal(expected, (await _rig.RunAsync("list", "--exit-code")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("list")).ExitCode);
    }

    [Fact]
    public async Task There_are_colours_on_a_terminal_unless_they_are_not_wanted()
    {
        const string red = "\e[91mopen";
        var terminal = new CliRig { IsTerminal = true };
        terminal.Silo.Answers("GET /api/breakers", FakeSilo.List);

        Assert.Contains(red, (await terminal.RunAsync("list")).Output, StringComparison.Ordinal);
        terminal.Variables["NO_COLOR"] = "1";
        Assert.DoesNotContain("[91m", (await terminal.RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', (await _rig.RunAsync("list")).Output);
    }

    [Fact]
    public async Task Nothing_that_a_server_says_reaches_the_terminal_as_a_command_to_it()
    {
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List.Replace("billing", "\\u001b]0;x\\u0007[red]\\u202e\\nname", StringComparison.Ordinal));

        var end = await _rig.RunAsync("list");

        Assert.Equal(4, end.Lines.Count);
        Assert.StartsWith("\uFFFD]0;x\uFFFD[red]\uFFFD name ", end.Lines[1], StringComparison.Ordinal);
    }
}
