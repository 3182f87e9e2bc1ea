using System.Net;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

/// <summary>S10 from a shell.</summary>
public sealed class OperatorCommandTests
{
    private readonly CliRig _rig = new();

    [Theory]
    [InlineData("force-open")]
    [InlineData("force-closed")]
    [InlineData("release")]
    [InlineData("reset")]
    public async Task S10_each_command_is_sent_once_with_reason_and_actor(string command)
    {
        _rig.Silo.Answers($"POST /api/breakers/billing/{command}", Answer("closed"));

        var end = await _rig.RunAsync(command, "billing", "--reason", "@ a drill, \"quoted\"", "--actor", "anna");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Equal($"POST /api/breakers/billing/{command}", Assert.Single(_rig.Silo.Asked).Route);
        Assert.Equal("""{"reason":"@ a drill, \u0022quoted\u0022","actor":"anna","ttl_seconds":null}""", _rig.Silo.Asked[0].Body);
    }

    [Theory]
    [InlineData("90s", "90")]
    [InlineData("15m", "900")]
    [InlineData("2h", "7200")]
    [InlineData("1d", "86400")]
    [InlineData("45", "45")]
    public async Task S10_a_ttl_is_sent_in_seconds_and_the_actor_is_who_runs_it(string ttl, string seconds)
    {
        _rig.Silo.Answers("POST /api/breakers/billing/force-open", Answer("forced_open", retryAfter: seconds));

        var end = await _rig.RunAsync("force-open", "billing", "-r", "drill", "--ttl", ttl);

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        Assert.Equal($$"""{"reason":"drill","actor":"ops@desk","ttl_seconds":{{seconds}}}""", _rig.Silo.Asked[0].Body);
    }

    [Theory]
    [InlineData("forced_open", "90", true, "billing is forced_open for 1m30s, and that is stored.")]
    [InlineData("forced_closed", "null", true, "billing is forced_closed until released, and that is stored.")]
    [InlineData("closed", "null", false, "billing is closed, in effect now; it is not stored yet, and is written until it is.")]
    public async Task It_says_what_holds_now_and_whether_it_is_stored(string state, string retryAfter, bool stored, string expected)
    {
        _rig.Silo.Answers("POST /api/breakers/billing/release", Answer(state, retryAfter, stored));

        Assert.Equal(expected, Assert.Single((await _rig.RunAsync("release", "billing", "--reason", "done")).Lines));
    }

    [Fact]
    public async Task As_json_it_is_the_answer_of_the_api()
    {
        _rig.Silo.Answers("POST /api/breakers/billing/release", Answer("closed"));

        Assert.Contains("\"stored\": true", (await _rig.RunAsync("release", "billing", "--reason", "done", "-o", "json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Option '--reason' is required.", "force-open", "billing")]
    [InlineData("--ttl", "reset", "billing", "-r", "x", "--ttl", "5m")]
    [InlineData("'soon' is no duration", "force-open", "billing", "-r", "x", "--ttl", "soon")]
    [InlineData("'0' is too short; 1s is the least", "force-open", "billing", "-r", "x", "--ttl", "0")]
    [InlineData("Required argument 'NAME' missing for command: 'release'.", "release", "-r", "x")]
    public async Task S10_what_is_missing_or_has_no_place_is_told_before_anything_is_sent(string message, params string[] args)
    {
        var end = await _rig.RunAsync(args);

        Assert.Equal(ExitCode.Usage, end.ExitCode);
        Assert.Contains(message, end.Error, StringComparison.Ordinal);
        Assert.Single(end.Error.TrimEnd().Split('\n'));
        Assert.Empty(_rig.Silo.Asked);
    }

    [Fact]
    public async Task S10_faults_of_the_fields_are_told_in_one_line()
    {
        _rig.Silo.Refuses(
            "POST /api/breakers/billing/force-open",
            HttpStatusCode.BadRequest,
            """{"title":"The command is not valid.","status":400,"errors":{"reason":["has 501 characters; 1-500 are allowed"],"ttl_seconds":["must be 1-31536000 seconds"]}}""");

        var end = await _rig.RunAsync("force-open", "billing", "-r", "x", "--ttl", "400d");

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Equal(
            "tasker-breakers: The command is not valid. reason: has 501 characters; 1-500 are allowed; ttl_seconds: must be 1-31536000 seconds.\n", end.Error);
        Assert.Empty(end.Output);
    }

    [Fact]
    public async Task S10_a_conflict_has_an_exit_code_of_its_own()
    {
        _rig.Silo.Refuses(
            "POST /api/breakers/billing/reset",
            HttpStatusCode.Conflict,
            """{"title":"The breaker is forced.","status":409,"detail":"'billing' is forced_open: release it first; a reset is for automatic states."}""");

        var end = await _rig.RunAsync("reset", "billing", "-r", "x");

        Assert.Equal((ExitCode.Conflict, "tasker-breakers: The breaker is forced. 'billing' is forced_open: release it first; a reset is for automatic states.\n"), (end.ExitCode, end.Error));
    }

    private static string Answer(string state, string retryAfter = "null", bool stored = true) =>
        $$"""{"breaker":{"name":"billing","state":"{{state}}","generation":"4@0b7c","retry_after_seconds":{{retryAfter}}},"stored":{{(stored ? "true" : "false")}}}""";
}
