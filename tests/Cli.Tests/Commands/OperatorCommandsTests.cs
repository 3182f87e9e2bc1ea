using System.Net;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

/// <summary>S10 from a shell.</summary>
public sealed class OperatorCommandsTests
{
    private readonly CliRig _rig = new();

    [Theory]
    [InlineData("force-open")]
    [InlineData("force-closed")]
    [InlineData("release")]
    [InlineData("reset")]
    public async Task S10_each_command_is_sent_once_with_reason_and_actor(string command)
    {
        _rig.Silo.Answers($"POST /api/breaker/{command}?name=billing", Answer("closed"));

        var end = await _rig.RunAsync(command, "billing", "--reason", "@ a drill, \"quoted\"", "--actor", "anna");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Equal($"POST /api/breaker/{command}?name=billing", Assert.Single(_rig.Silo.Asked).Route);
        var create = command.StartsWith("force", StringComparison.Ordinal) ? ",\"create\":false" : string.Empty;
        Assert.Equal($$"""{"reason":"@ a drill, \u0022quoted\u0022","actor":"anna","ttl_seconds":null{{create}}}""", _rig.Silo.Asked[0].Body);
    }

    [Theory]
    [InlineData("90s", "90")]
    [InlineData("15m", "900")]
    [InlineData("2h", "7200")]
    [InlineData("1d", "86400")]
    [InlineData("45", "45")]
    [InlineData("1h30m", "5400")]
    [InlineData("PT1H30M", "5400")]
    public async Task S10_a_ttl_is_sent_in_seconds_and_the_actor_is_who_runs_it(string ttl, string seconds)
    {
        _rig.Silo.Answers("POST /api/breaker/force-open?name=billing", Answer("forced_open", remaining: seconds));

        var end = await _rig.RunAsync("force-open", "billing", "-r", "drill", "--ttl", ttl);

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        Assert.Equal($$"""{"reason":"drill","actor":"ops@desk","ttl_seconds":{{seconds}},"create":false}""", _rig.Silo.Asked[0].Body);
    }

    [Theory]
    [InlineData("forced_open", "90", true, "billing is forced_open for 1m30s, and that is stored.")]
    [InlineData("forced_closed", "null", true, "billing is forced_closed until released, and that is stored.")]
    [InlineData("closed", "null", false, "billing is closed, in effect now; it is not stored yet, and the write is retried.")]
    public async Task It_says_what_holds_now_and_whether_it_is_stored(string state, string remaining, bool stored, string expected)
    {
        _rig.Silo.Answers("POST /api/breaker/release?name=billing", Answer(state, remaining, stored));

        Assert.Equal(expected, Assert.Single((await _rig.RunAsync("release", "billing", "--reason", "done")).Lines));
    }

    [Fact]
    public async Task As_json_it_is_the_answer_of_the_api()
    {
        _rig.Silo.Answers("POST /api/breaker/release?name=billing", Answer("closed"));

        Assert.Contains("\"stored\": true", (await _rig.RunAsync("release", "billing", "--reason", "done", "-o", "json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Option '--reason' is required.", "force-open", "billing")]
    [InlineData("--ttl", "reset", "billing", "-r", "x", "--ttl", "5m")]
    [InlineData("'soon' is not a duration", "force-open", "billing", "-r", "x", "--ttl", "soon")]
    [InlineData("'0' is too short; the shortest is 1s", "force-open", "billing", "-r", "x", "--ttl", "0")]
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
            "POST /api/breaker/force-open?name=billing",
            HttpStatusCode.BadRequest,
            """{"title":"The command is invalid.","status":400,"errors":{"reason":["has 501 characters; 1-500 are allowed"],"ttl_seconds":["must be 1-31536000 seconds"]}}""");

        var end = await _rig.RunAsync("force-open", "billing", "-r", "x", "--ttl", "400d");

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Equal(
            "tasker-breakers: The command is invalid. reason: has 501 characters; 1-500 are allowed; ttl_seconds: must be 1-31536000 seconds.\n", end.Error);
        Assert.Empty(end.Output);
    }

    [Fact]
    public async Task S10_a_conflict_has_an_exit_code_of_its_own()
    {
        _rig.Silo.Refuses(
            "POST /api/breaker/reset?name=billing",
            HttpStatusCode.Conflict,
            """{"title":"The breaker is forced.","status":409,"detail":"'billing' is forced_open: release it first. A reset applies to automatic states only."}""");

        var end = await _rig.RunAsync("reset", "billing", "-r", "x");

        Assert.Equal((ExitCode.Conflict, "tasker-breakers: The breaker is forced. 'billing' is forced_open: release it first. A reset applies to automatic states only.\n"), (end.ExitCode, end.Error));
    }

    [Fact]
    public async Task S19_create_is_sent_where_it_is_given()
    {
        _rig.Silo.Answers("POST /api/breaker/force-open?name=billing", Answer("forced_open").Replace("\"stored\":", "\"created\":true,\"stored\":", StringComparison.Ordinal));

        var end = await _rig.RunAsync("force-open", "billing", "-r", "x", "--create");

        Assert.Contains("\"create\":true", _rig.Silo.Asked[0].Body, StringComparison.Ordinal);
        Assert.Equal("billing was never used; the command created its breaker. billing is forced_open until released, and that is stored.", Assert.Single(end.Lines));
    }

    [Fact]
    public async Task S19_a_name_that_nobody_uses_is_refused_with_the_nearest_and_the_option_that_creates_it()
    {
        _rig.Silo.Refuses(
            "POST /api/breaker/force-open?name=bilding",
            HttpStatusCode.NotFound,
            """{"title":"The breaker does not exist.","detail":"No worker has used 'bilding', and no settings contain it. Did you mean 'billing'?","code":"breaker_not_found","hint":"If the name is right, send \"create\": true."}""");

        var end = await _rig.RunAsync("force-open", "bilding", "-r", "x");

        Assert.Equal(ExitCode.NotFound, end.ExitCode);
        Assert.Equal(
            "tasker-breakers: The breaker does not exist. No worker has used 'bilding', and no settings contain it. Did you mean 'billing'? If the name is correct, use --create.\n", end.Error);
    }

    [Theory]
    [InlineData("release", "open", true, "Nothing changed: billing is open; release applies to forced states.")]
    [InlineData("release", "closed", false, "Nothing changed: billing was never used and is closed.")]
    [InlineData("reset", "closed", false, "Nothing changed: billing was never used and is closed.")]
    public async Task S10_a_command_that_changes_nothing_says_so(string command, string state, bool used, string expected)
    {
        _rig.Silo.Answers(
            $"POST /api/breaker/{command}?name=billing",
            $$"""{"breaker":{"name":"billing","state":"{{state}}","generation":"4@0b7c","used":{{(used ? "true" : "false")}}},"stored":true,"changed":false}""");

        var end = await _rig.RunAsync(command, "billing", "-r", "x");

        Assert.Equal((ExitCode.Ok, expected), (end.ExitCode, Assert.Single(end.Lines)));
    }

    [Theory]
    [InlineData("bob", "ops", true)]
    [InlineData("ops", "ops", false)]
    [InlineData(null, "ops", false)]
    public async Task S10_that_the_key_decides_the_actor_is_said_where_another_was_given(string? given, string recorded, bool isSaid)
    {
        _rig.Silo.Answers("POST /api/breaker/release?name=billing", Answer("closed").Replace("\"stored\":", $"\"actor\":\"{recorded}\",\"stored\":", StringComparison.Ordinal));

        var end = await _rig.RunAsync(["release", "billing", "-r", "x", .. given is null ? Array.Empty<string>() : ["--actor", given]]);

        Assert.Equal(isSaid, end.Output.Contains($"The history has {recorded}, the name of the key, instead of {given}.", StringComparison.Ordinal));
    }

    private static string Answer(string state, string remaining = "null", bool stored = true) =>
        $$"""{"breaker":{"name":"billing","state":"{{state}}","generation":"4@0b7c","remaining_seconds":{{remaining}}},"stored":{{(stored ? "true" : "false")}}}""";
}
