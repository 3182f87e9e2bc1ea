using System.Text.Json.Nodes;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

public sealed class GetCommandTests
{
    private readonly CliRig _rig = new();

    public GetCommandTests() => _rig.Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing);

    [Fact]
    public async Task It_shows_every_field()
    {
        var end = await _rig.RunAsync("get", "billing");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Contains(["state", "open"], end.Words);
        Assert.Contains(["counts.rejected", "7"], end.Words);
        Assert.Contains(["settings.timeout_seconds", "30"], end.Words);
        Assert.Contains(["window_failure_rate", "-"], end.Words);
        Assert.Contains(["failure_rate", "0.167"], end.Words);
        Assert.Contains(["since", "2026-11-26T20:00:00Z"], end.Words);
        Assert.Equal(2 + 1 + 15 + 8 + 5, end.Lines.Count);
    }

    [Fact]
    public async Task It_begins_with_the_story()
    {
        _rig.Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing.Replace(
            "workers\":3",
            """workers":3,"last_transition":{"from":"closed","to":"open","generation":"3@0b7c","at":"2026-11-26T20:00:00.5+00:00","cause":"consecutive_failures","worker":"worker-2"}""",
            StringComparison.Ordinal));

        var end = await _rig.RunAsync("get", "billing");

        Assert.Equal(
            [
                "billing is open since 5m (20:00:00Z), probes in 12s.",
                "Tripped by worker-2: consecutive_failures (was closed).",
                "Now: 5 failures in a row, 3 workers.",
            ],
            end.Lines.Take(3));
    }

    [Fact]
    public async Task S25a_the_story_names_the_isolated_worker()
    {
        _rig.Silo.Answers("GET /api/breaker?name=billing", FakeSilo.Billing
            .Replace("\"state\":\"open\"", "\"state\":\"closed\"", StringComparison.Ordinal)
            .Replace(
                "workers\":3",
                """workers":3,"isolated_worker":"worker-2","last_transition":{"from":"closed","to":"closed","generation":"3@0b7c","at":"2026-11-26T20:00:00.5+00:00","cause":"worker_isolated","worker":"worker-2"}""",
                StringComparison.Ordinal));

        var end = await _rig.RunAsync("get", "billing");

        Assert.StartsWith("billing is closed since 5m", end.Lines[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "Stayed closed by worker-2: worker_isolated (was closed).",
                "Now: 5 failures in a row, 3 workers, worker-2 is isolated: only this worker fails.",
            ],
            end.Lines.Skip(1).Take(2));
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
        _rig.Silo.Answers("GET /api/breaker?name=a%3Ab%2Fc", FakeSilo.Pgmq);

        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("get", "a:b/c")).ExitCode);
    }

    [Fact]
    public async Task A_name_that_no_breaker_has_is_not_asked_for()
    {
        var end = await _rig.RunAsync("get", "a b");

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Contains("U+0020", end.Error, StringComparison.Ordinal);
        Assert.Empty(_rig.Silo.Asked);
    }

    [Theory]
    [InlineData("..", "..")]
    [InlineData("a/../b", "a%2F..%2Fb")]
    [InlineData("a//", "a%2F%2F")]
    public async Task A_name_that_no_path_would_keep_is_asked_for_by_a_query(string name, string query)
    {
        _rig.Silo.Answers($"GET /api/breaker?name={query}", FakeSilo.Pgmq);

        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("get", name)).ExitCode);
    }

    [Fact]
    public async Task A_script_can_ask_by_the_exit_code_whether_it_rejects()
    {
        _rig.Silo.Answers("GET /api/breaker?name=pgmq", FakeSilo.Pgmq);

        Assert.Equal(ExitCode.Open, (await _rig.RunAsync("get", "billing", "--exit-code")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await _rig.RunAsync("get", "pgmq", "--exit-code")).ExitCode);
    }
}
