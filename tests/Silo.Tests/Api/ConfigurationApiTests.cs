using System.Net;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>The settings in force over HTTP, on an embedded silo.</summary>
public sealed class ConfigurationApiTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>
{
    [Fact]
    public async Task S16_a_components_settings_are_told_with_the_place_of_each()
    {
        var (status, body, _) = await silo.GetAsync("/api/config/pgmq%2Forders");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("pgmq/orders", true, true, 1), (Text(body["name"]), body["configured"]!.GetValue<bool>(), body["in_force"]!.GetValue<bool>(), body["version"]!.GetValue<int>()));
        Assert.Equal("""["breakers.yaml"]""", body["files"]!.ToJsonString());
        Assert.Equal("""{"key":"failure_threshold","value":3,"section":"component_configs.pgmq","layer":"file","source":"breakers.yaml:4:32"}""", Setting(body, "failure_threshold"));
        Assert.Equal("""{"key":"auto_create_enabled","value":true,"section":"global_settings","layer":"file","source":"breakers.yaml:2:69"}""", Setting(body, "auto_create_enabled"));
        Assert.Equal("""{"key":"window_seconds","value":30,"section":"default_config","layer":"built_in","source":null}""", Setting(body, "window_seconds"));
        Assert.DoesNotContain(Path.GetTempPath(), body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S15_a_component_that_is_not_configured_has_the_defaults_settings()
    {
        var (status, body, _) = await silo.GetAsync("/api/config/nobody");

        Assert.Equal((HttpStatusCode.OK, false), (status, body["configured"]!.GetValue<bool>()));
        Assert.Contains("\"value\":5,\"section\":\"default_config\"", Setting(body, "failure_threshold"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetAsync("/api/breakers/nobody")).Status);
    }

    [Fact]
    public async Task The_whole_is_told_with_each_components_own_settings()
    {
        var (status, body, _) = await silo.GetAsync("/api/config");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""["pgmq"]""", body["components"]!.ToJsonString());
        Assert.Equal(3, body["settings"]!.AsArray().Count(setting => Text(setting!["section"]) == "component_configs.pgmq"));
    }

    [Fact]
    public async Task S18_the_silo_that_is_in_force_is_told_with_since_when_and_each_silo_with_its_environment()
    {
        JsonNode body = null!;
        await Waiting.UntilAsync(
            async () => (body = (await silo.GetAsync("/api/config")).Body)["silos"]!.AsArray().Count == 1,
            () => $"no silo has reported: {body}",
            TimeSpan.FromSeconds(30),
            TimeSpan.FromMilliseconds(20),
            TestContext.Current.CancellationToken);

        Assert.Equal(("in_force", null, null), (Text(body["state"]), body["refused"], body["different_environments"]));
        var only = body["silos"]![0]!;
        Assert.Equal((Text(body["in_force_from"]), true, "in_force"), (Text(only["silo"]), only["this"]!.GetValue<bool>(), Text(only["state"])));
        Assert.NotNull(only["environment"]);
        Assert.NotNull(body["in_force_since"]);
    }

    [Theory]
    [InlineData("a%20b")]
    [InlineData("%C3%9C")]
    public async Task S19_a_bad_name_is_400(string name) => Assert.Equal(HttpStatusCode.BadRequest, (await silo.GetAsync($"/api/config/{name}")).Status);

    private static string Setting(JsonNode body, string key) => Assert.Single(body["settings"]!.AsArray(), setting => Text(setting!["key"]) == key)!.ToJsonString();

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
