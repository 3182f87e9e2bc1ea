using System.Net;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>The health endpoints, on a silo that serves and on one that waits for Postgres.</summary>
public sealed class HealthApiTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>
{
    private const string Command = """{"reason":"drill","actor":"ops","create":true}""";

    [Fact]
    public async Task A_silo_that_serves_is_live_ready_and_healthy()
    {
        Assert.Equal((HttpStatusCode.OK, "live"), Status(await silo.GetAsync("/health/live")));
        Assert.Equal((HttpStatusCode.OK, "ready"), Status(await silo.GetAsync("/health/ready")));
        Assert.Equal((HttpStatusCode.OK, "healthy"), Status(await silo.GetAsync("/health")));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/health/detailed")]
    public async Task No_cache_keeps_an_answer(string path) => Assert.Equal("no-store", await silo.CacheControlOfAsync(path));

    [Fact]
    public async Task The_details_have_version_uptime_silos_and_the_breakers_by_state_with_those_that_reject_by_name()
    {
        await silo.PostAsync("/api/breakers/held-open/force-open", Command);

        var (status, body, _) = await silo.GetAsync("/health/detailed");

        Assert.Equal((HttpStatusCode.OK, "healthy"), (status, Text(body["status"])));
        Assert.Empty(body["reasons"]!.AsArray());
        Assert.Matches(@"^\d+\.\d+\.\d+", Text(body["version"]));
        Assert.InRange(body["uptime_seconds"]!.GetValue<double>(), 0, 600);
        Assert.Null(body["postgres"]);
        Assert.Equal(1, body["cluster"]!["silos_up"]!.GetValue<int>());
        Assert.Matches(@"^127\.0\.0\.1:\d+$", Text(body["cluster"]!["silos"]![0]));
        var breakers = body["breakers"]!;
        Assert.Equal(["held-open"], breakers["forced_open"]!.AsArray().Select(Text));
        Assert.Empty(breakers["open"]!.AsArray());
        Assert.Equal((2, 1, 1), (Count("total"), Count("forced_open"), Count("closed")));
        Assert.Equal(0, breakers["not_answering"]!.GetValue<int>());
        Assert.Null(breakers["reason"]);

        int Count(string state) => breakers["summary"]![state]!.GetValue<int>();
    }

    [Fact]
    public async Task A_silo_that_waits_for_Postgres_lives_serves_not_and_says_why_without_the_password()
    {
        using var files = new ConfigurationFiles();
        files.Write("circuit_breakers: { enabled: true }");
        var ports = FreePort.Several(3);
        var address = $"http://127.0.0.1:{ports[2]}";
        await using var app = SiloHost.Build(
        [
            $"--urls={address}", $"--Silo:SiloPort={ports[0]}", $"--Silo:GatewayPort={ports[1]}", $"--CircuitBreakers:ConfigPath={files.Path}",
            "--ConnectionStrings:Postgres=Host=127.0.0.1;Port=1;Username=u;Password=hunter2-secret;Database=d", "--Logging:LogLevel:Default=None",
        ]);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        JsonNode details = new JsonObject();
        await Waiting.UntilAsync(
            async () => (details = (await GetAsync("/health/detailed")).Body)["postgres"]!["reachable"] is not null && Reason(details).Contains("Postgres"),
            () => details.ToJsonString(),
            TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/health/ready")).Status);
        var (status, body) = await GetAsync("/health");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), (status, Text(body["status"])));
        Assert.Contains("waiting for Postgres: Postgres cannot be reached", Reason(body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/health/detailed")).Status);
        Assert.False(details["postgres"]!["reachable"]!.GetValue<bool>());
        Assert.Contains("cannot be reached", Text(details["postgres"]!["reason"]), StringComparison.Ordinal);
        Assert.InRange(details["postgres"]!["asked_seconds_ago"]!.GetValue<double>(), 0, 30);
        Assert.Null(details["cluster"]);
        Assert.Null(details["breakers"]!["summary"]);
        Assert.Contains("waiting for Postgres", Text(details["breakers"]!["reason"]), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-secret", details.ToJsonString(), StringComparison.Ordinal);
        await app.StopAsync();

        async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path)
        {
            using var answer = await http.GetAsync(path);
            return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
        }
    }

    private static (HttpStatusCode Code, string Text) Status((HttpStatusCode Status, JsonNode Body, string? Type) answer) =>
        (answer.Status, Text(answer.Body["status"]));

    private static string Reason(JsonNode body) => string.Join("; ", body["reasons"]!.AsArray().Select(Text));

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
