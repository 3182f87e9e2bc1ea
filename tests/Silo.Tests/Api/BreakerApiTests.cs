using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>The HTTP API, on an embedded silo.</summary>
public sealed class BreakerApiTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>
{
    private const string Problem = "application/problem+json";
    private const string Good = """{"reason":"drill","actor":"ops"}""";
    private const string Creating = """{"reason":"drill","actor":"ops","create":true}""";

    private static string NewName() => $"c{Guid.NewGuid():N}"[..12];

    [Fact]
    public async Task S19_a_configured_component_is_shown_as_never_used_with_its_settings()
    {
        var (status, body, _) = await silo.GetAsync("/api/breakers/pgmq");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("pgmq", "closed", false), (Text(body["name"]), Text(body["state"]), body["used"]!.GetValue<bool>()));
        Assert.Equal(3, body["settings"]!["failure_threshold"]!.GetValue<int>());
        Assert.Equal(15, body["settings"]!["timeout_seconds"]!.GetValue<double>());
        Assert.Equal(
            ["calls", "failures", "ignored", "late", "probes", "rejected", "slow", "successes"],
            body["counts"]!.AsObject().Select(count => count.Key).Order(StringComparer.Ordinal));
        foreach (var field in new[] { "generation", "since", "remaining_seconds", "consecutive_failures", "failure_rate", "window_failure_rate", "workers" })
        {
            Assert.True(body.AsObject().ContainsKey(field), field);
        }
    }

    [Fact]
    public async Task S13_an_unknown_component_is_404_and_asking_creates_nothing()
    {
        var name = NewName();

        var (status, body, type) = await silo.GetAsync($"/api/breakers/{name}");
        Assert.Equal((HttpStatusCode.NotFound, Problem), (status, type));
        Assert.Contains(name, Text(body["detail"]), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetAsync($"/api/breakers/{name}/history")).Status);

        Assert.DoesNotContain((await silo.GetAsync("/api/breakers")).Body["breakers"]!.AsArray(), breaker => Text(breaker!["name"]) == name);
    }

    [Fact]
    public async Task S10_a_command_is_in_effect_at_once_and_in_the_history()
    {
        var name = NewName();

        var (status, body, _) = await silo.PostAsync($"/api/breakers/{name}/force-open", """{"reason":"maintenance of the queue","actor":"anna","ttl_seconds":600,"create":true}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(body["stored"]!.GetValue<bool>());
        Assert.Equal("forced_open", Text(body["breaker"]!["state"]));
        Assert.InRange(body["breaker"]!["remaining_seconds"]!.GetValue<double>(), 500, 600);
        var transition = (await silo.GetAsync($"/api/breakers/{name}/history")).Body["transitions"]!.AsArray().Single()!;
        Assert.Equal(
            ("closed", "forced_open", "force_open", "anna", "maintenance of the queue"),
            (Text(transition["from"]), Text(transition["to"]), Text(transition["cause"]), Text(transition["actor"]), Text(transition["reason"])));
        Assert.Null(transition["worker"]);
        Assert.Equal(600, transition["ttl_seconds"]!.GetValue<double>());
        Assert.Null(transition["gap_before"]);
        var breaker = (await silo.GetAsync($"/api/breakers/{name}")).Body;
        Assert.Equal("""{"closed_to_forced_open":1}""", breaker["transitions"]!.ToJsonString());
        Assert.Equal(
            ["closed", "forced_closed", "forced_open", "half_open", "open"],
            breaker["time_in_state_seconds"]!.AsObject().Select(state => state.Key).Order(StringComparer.Ordinal));
        Assert.True(breaker["time_in_state_seconds"]!["forced_open"]!.GetValue<double>() > 0);
        Assert.Equal(TimeSpan.Zero, DateTimeOffset.Parse(Text(transition["at"]), CultureInfo.InvariantCulture).Offset);
    }

    [Fact]
    public async Task S10_release_and_reset_answer_as_the_rules_say()
    {
        var name = NewName();
        Assert.Equal("forced_closed", Text((await silo.PostAsync($"/api/breakers/{name}/force-closed", Creating)).Body["breaker"]!["state"]));

        var (status, body, type) = await silo.PostAsync($"/api/breakers/{name}/reset", Good);
        Assert.Equal((HttpStatusCode.Conflict, Problem), (status, type));
        Assert.Contains("release it first", Text(body["detail"]), StringComparison.Ordinal);

        Assert.Equal("closed", Text((await silo.PostAsync($"/api/breakers/{name}/release", Good)).Body["breaker"]!["state"]));
        Assert.Equal(HttpStatusCode.OK, (await silo.PostAsync($"/api/breakers/{name}/reset", Good)).Status);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("not json", "body")]
    [InlineData("[]", "body")]
    [InlineData("{\"actor\":\"a\"}", "reason")]
    [InlineData("{\"reason\":\"r\"}", "actor")]
    [InlineData("{\"reason\":\"\",\"actor\":\"a\"}", "reason")]
    [InlineData("{\"reason\":7,\"actor\":\"a\"}", "reason")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"ttl_seconds\":0}", "ttl_seconds")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"ttl_seconds\":-1}", "ttl_seconds")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"ttl_seconds\":1e300}", "ttl_seconds")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"ttl_seconds\":31536001}", "ttl_seconds")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"ttl_seconds\":\"60\"}", "ttl_seconds")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"ttl\":60}", "ttl")]
    [InlineData("{\"reason\":\"line\\nbreak\",\"actor\":\"a\"}", "reason")]
    [InlineData("{\"reason\":\"\\ud800\",\"actor\":\"a\"}", "body")]
    [InlineData("{\"reason\":\"r\",\"actor\":\"a\",\"\\ud800\":1}", "body")]
    public async Task S10_a_bad_command_is_400_and_says_which_field(string body, string field)
    {
        var name = NewName();

        var (status, problem, type) = await silo.PostAsync($"/api/breakers/{name}/force-open", body);

        Assert.Equal((HttpStatusCode.BadRequest, Problem), (status, type));
        Assert.Contains(problem["errors"]!.AsObject(), error => error.Key == field);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetAsync($"/api/breakers/{name}")).Status);
    }

    [Fact]
    public async Task A_body_of_a_megabyte_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.PostAsync("/api/breakers/x/force-open", $$"""{"reason":"{{new string('x', 1_000_000)}}","actor":"a"}""")).Status);

    [Theory]
    [InlineData("a%20b")]
    [InlineData("%C3%9C")]
    [InlineData("a%00b")]
    [InlineData("a'b")]
    public async Task S19_a_bad_name_is_400(string name)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.GetAsync($"/api/breakers/{name}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.GetAsync($"/api/breakers/{name}/history")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.PostAsync($"/api/breakers/{name}/force-open", Good)).Status);
    }

    [Fact]
    public async Task S19_a_component_that_counts_as_configured_is_shown_as_never_used()
    {
        var (status, body, _) = await silo.GetAsync("/api/breakers/pgmq%2Fnobody-uses-it");

        Assert.Equal((HttpStatusCode.OK, false, 3), (status, body["used"]!.GetValue<bool>(), body["settings"]!["failure_threshold"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_body_that_the_server_does_not_read_is_told_as_a_problem()
    {
        var (status, _, type) = await silo.PostAsync("/api/breakers/pgmq/force-open", new string(' ', 31_000_000), askBeforeSending: true);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Problem), (status, type));
    }

    [Fact]
    public async Task A_slash_in_a_name_is_sent_as_percent_2F()
    {
        var name = $"pgmq/{NewName()}";

        await silo.PostAsync($"/api/breakers/{name.Replace("/", "%2F", StringComparison.Ordinal)}/force-open", Creating);
        var (status, body, _) = await silo.GetAsync($"/api/breakers/{name.Replace("/", "%2f", StringComparison.Ordinal)}");

        Assert.Equal((HttpStatusCode.OK, name), (status, Text(body["name"])));
        Assert.Equal(3, body["settings"]!["failure_threshold"]!.GetValue<int>());
    }

    [Fact]
    public async Task Names_that_look_like_numbers_do_not_share_a_row()
    {
        await silo.PostAsync("/api/breakers/e1/force-open", Creating);
        await silo.PostAsync("/api/breakers/E1/force-closed", Creating);

        Assert.Equal("forced_open", Text((await silo.GetAsync("/api/breakers/e1")).Body["state"]));
        Assert.Equal("forced_closed", Text((await silo.GetAsync("/api/breakers/E1")).Body["state"]));
        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetAsync("/api/breakers/00e1")).Status);
    }

    [Fact]
    public async Task The_list_is_filtered_by_state_and_its_summary_is_of_all()
    {
        var name = NewName();
        await silo.PostAsync($"/api/breakers/{name}/force-open", Creating);

        var body = (await silo.GetAsync("/api/breakers?state=forced_open")).Body;
        Assert.Contains(body["breakers"]!.AsArray(), breaker => Text(breaker!["name"]) == name);
        Assert.DoesNotContain(body["breakers"]!.AsArray(), breaker => Text(breaker!["name"]) == "pgmq");
        var summary = body["summary"]!;
        int Of(string state) => summary[state]!.GetValue<int>();
        Assert.Equal(Of("total"), Of("closed") + Of("open") + Of("half_open") + Of("forced_open") + Of("forced_closed"));
        Assert.Equal((double)(Of("closed") + Of("forced_closed")) / Of("total"), summary["health_score"]!.GetValue<double>(), 9);

        var (status, problem, _) = await silo.GetAsync("/api/breakers?state=ajar");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("half_open", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_a_404_with_problem_details() =>
        Assert.Equal((HttpStatusCode.NotFound, Problem), (await silo.GetAsync("/api/nothing")) is var (status, _, type) ? (status, type) : default);

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
