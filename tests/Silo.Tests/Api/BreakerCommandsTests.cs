using System.Net;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Silo.Api;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>S10, S19: names that nobody uses, and commands that change nothing.</summary>
public sealed class BreakerCommandsTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>
{
    private const string Good = """{"reason":"drill","actor":"ops"}""";

    [Theory]
    [InlineData("force-open", "pgmg")]
    [InlineData("force-open", "PGMQ")]
    [InlineData("force-closed", "pgqm")]
    [InlineData("release", "pgmqq")]
    [InlineData("reset", "pmq")]
    public async Task S10_a_command_on_a_name_that_nobody_uses_is_404_names_the_nearest_and_creates_nothing(string command, string name)
    {
        var (status, body, _) = await silo.PostAsync($"/api/breakers/{name}/{command}", Good);

        Assert.Equal((HttpStatusCode.NotFound, ApiProblems.BreakerNotFound), (status, Text(body["code"])));
        Assert.Contains("Did you mean 'pgmq'", Text(body["detail"]), StringComparison.Ordinal);
        Assert.Equal("pgmq", Text(body["did_you_mean"]![0]));
        Assert.Equal(command.StartsWith("force", StringComparison.Ordinal), body["hint"]?.GetValue<string>().Contains("\"create\": true", StringComparison.Ordinal) ?? false);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetAsync($"/api/breakers/{name}")).Status);
    }

    [Fact]
    public async Task S19_a_typing_error_after_the_slash_is_found_though_the_name_counts_as_configured()
    {
        Assert.Equal(HttpStatusCode.OK, (await silo.PostAsync("/api/breaker/force-open?name=pgmq/typed", """{"reason":"r","actor":"a","create":true}""")).Status);

        var (status, body, _) = await silo.PostAsync("/api/breaker/force-open?name=pgmq/tpyed", Good);

        Assert.Equal((HttpStatusCode.NotFound, "pgmq/typed"), (status, Text(body["did_you_mean"]![0])));
    }

    [Fact]
    public async Task S13_a_query_of_a_name_that_is_not_there_names_the_nearest()
    {
        var (status, body, _) = await silo.GetAsync("/api/breaker?name=pgmg");

        Assert.Equal((HttpStatusCode.NotFound, "pgmq"), (status, Text(body["did_you_mean"]![0])));
    }

    [Fact]
    public async Task S10_create_true_creates_the_breaker_and_says_so_once()
    {
        const string creating = """{"reason":"before the roll-out","actor":"anna","create":true}""";

        var (status, body, _) = await silo.PostAsync("/api/breaker/force-open?name=new-one", creating);
        Assert.Equal((HttpStatusCode.OK, true, true, "anna"), (status, Flag(body["changed"]), Flag(body["created"]), Text(body["actor"])));

        var again = (await silo.PostAsync("/api/breaker/force-open?name=new-one", Good)).Body;
        Assert.Equal((true, false), (Flag(again["changed"]), Flag(again["created"])));
    }

    [Fact]
    public async Task S10_a_release_that_changes_nothing_says_so_and_writes_no_history()
    {
        await silo.PostAsync("/api/breaker/force-open?name=released", """{"reason":"r","actor":"a","create":true}""");
        Assert.True(Flag((await silo.PostAsync("/api/breaker/release?name=released", Good)).Body["changed"]));

        var (status, body, _) = await silo.PostAsync("/api/breaker/release?name=released", Good);

        Assert.Equal((HttpStatusCode.OK, false), (status, Flag(body["changed"])));
        Assert.Equal(2, (await silo.GetAsync("/api/breaker/history?name=released")).Body["transitions"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("release")]
    [InlineData("reset")]
    public async Task S10_a_release_or_reset_of_a_configured_one_that_was_never_used_changes_and_creates_nothing(string command)
    {
        var (status, body, _) = await silo.PostAsync($"/api/breaker/{command}?name=pgmq/never-used", Good);

        Assert.Equal((HttpStatusCode.OK, false, false), (status, Flag(body["changed"]), Flag(body["created"])));
        Assert.False(Flag((await silo.GetAsync("/api/breaker?name=pgmq/never-used")).Body["used"]));
    }

    [Theory]
    [InlineData("force-open", "{\"reason\":\"r\",\"actor\":\"a\",\"create\":\"yes\"}")]
    [InlineData("release", "{\"reason\":\"r\",\"actor\":\"a\",\"create\":true}")]
    public async Task S10_create_is_true_or_false_and_for_forcing_commands_alone(string command, string body)
    {
        var answer = await silo.PostAsync($"/api/breakers/pgmq/{command}", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotNull(answer.Body["errors"]!["create"]);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static bool Flag(JsonNode? node) => node!.GetValue<bool>();
}
