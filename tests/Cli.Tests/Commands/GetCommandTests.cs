using System.Text.Json.Nodes;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

public sealed class GetCommandTests
{
    private readonly CliRig _rig = new();

    public GetCommandTests() => _rig.Silo.Answers("GET /api/breakers/billing", FakeSilo.Billing);

    [Fact]
    public async Task It_shows_every_field()
    {
        var end = await _rig.RunAsync("get", "billing");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Contains(["state", "open"], end.Words);
        Assert.Contains(["counts.rejected", "7"], end.Words);
        Assert.Contains(["settings.timeout_seconds", "30"], end.Words);
        Assert.Contains(["window_failure_rate", "-"], end.Words);
        Assert.Equal(1 + 15 + 8 + 5, end.Lines.Count);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    public async Task In_other_forms_it_is_the_answer_of_the_api(string form)
    {
        var end = await _rig.RunAsync("get", "billing", "--output", form);

        if (form == "json")
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FakeSilo.Billing), JsonNode.Parse(end.Output)), end.Output);
        }
        else
        {
            Assert.Equal(("name: billing", "  success_threshold: 2"), (end.Lines[0], end.Lines[^1]));
        }
    }

    [Fact]
    public async Task A_slash_and_a_colon_in_a_name_are_escaped()
    {
        _rig.Silo.Answers("GET /api/breakers/a%3Ab%2Fc", FakeSilo.Pgmq);

        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("get", "a:b/c")).ExitCode);
    }

    [Theory]
    [InlineData("a b", "U+0020")]
    [InlineData("..", "cannot be asked for over HTTP")]
    public async Task A_name_that_no_breaker_has_is_not_asked_for(string name, string message)
    {
        var end = await _rig.RunAsync("get", name);

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Contains(message, end.Error, StringComparison.Ordinal);
        Assert.Empty(_rig.Silo.Asked);
    }

    [Fact]
    public async Task A_script_can_ask_by_the_exit_code_whether_it_rejects()
    {
        _rig.Silo.Answers("GET /api/breakers/pgmq", FakeSilo.Pgmq);

        Assert.Equal(ExitCode.Open, (await _rig.RunAsync("get", "billing", "--exit-code")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("get", "pgmq", "--exit-code")).ExitCode);
    }
}
