using System.Net;
using System.Net.Http.Headers;
using System.Text;
using TaskerCore.Orleans.Silo.Api.Access;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Tests.Api.Access;

/// <summary>The silo as it ships, with keys.</summary>
public sealed class ApiKeyHandlerTests(ApiKeyHandlerTests.KeyedSilo silo) : IClassFixture<ApiKeyHandlerTests.KeyedSilo>
{
    private const string Anna = "anna-0123456789ab";
    private const string Grafana = "grafana-0123456789";

    [Fact]
    public async Task S10_the_history_names_whose_key_it_was()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/api/breakers/keyed/force-open", null, """{"reason":"drill","actor":"mallory"}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("/api/breakers/keyed", Grafana)).Status);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/api/breakers/keyed/force-open", Anna, """{"reason":"drill","actor":"mallory","create":true}""")).Status);

        var transition = (await SendAsync("/api/breakers/keyed/history", Grafana)).Body["transitions"]![0]!;
        Assert.Equal(("force_open", "anna"), (transition["cause"]!.GetValue<string>(), transition["actor"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("/api/breakers")]
    [InlineData("/api/config")]
    [InlineData("/api/config/keyed")]
    [InlineData("/health/detailed")]
    public async Task What_names_breakers_needs_a_key(string path)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(path, null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(path, Grafana)).Status);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_stays_open(string path)
    {
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(path, null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(path, "no-key-0123456789")).Status);
    }

    [Fact]
    public async Task A_guesser_does_not_get_more_guesses_by_the_addresses_that_it_says_it_has()
    {
        await using var own = new KeyedSilo();
        await own.InitializeAsync();
        for (var guess = 0; guess < FailureLimit.Most; guess++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await GuessAsync(own, guess)).Status);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await GuessAsync(own, 99)).Status);

        static async Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonNode Body, string? Type)> GuessAsync(EmbeddedSilo silo, int number)
        {
            using var request = Request("/api/breakers/keyed/reset", $"guess-{number}-0123456789", """{"reason":"drill"}""");
            request.Headers.Add("X-Forwarded-For", $"203.0.113.{number}");
            return await silo.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("--Api:OperatorKeys:anna=too-short", "Api:OperatorKeys:anna must have at least 16 ASCII characters")]
    [InlineData("--Silo:Tls:CertificatePath=silo.crt", "Silo:Tls:KeyPath and Silo:Tls:CaPath are not set")]
    public void Settings_that_are_no_good_stop_the_silo(string setting, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => SiloHost.Build([setting]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", error.Message, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, System.Text.Json.Nodes.JsonNode Body, string? Type)> SendAsync(string path, string? key, string? body = null)
    {
        using var request = Request(path, key, body);
        return await silo.SendAsync(request);
    }

    private static HttpRequestMessage Request(string path, string? key, string? body)
    {
        var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    /// <summary>Where ASP.NET Core is told to trust what proxies say, too.</summary>
    public sealed class KeyedSilo : EmbeddedSilo
    {
        protected override IEnumerable<string> Settings =>
        [
            $"--Api:OperatorKeys:anna={Anna}", $"--Api:ReadKeys:grafana={Grafana}", "--Api:ReadsNeedKey=true", "--ForwardedHeaders_Enabled=true",
        ];
    }
}
