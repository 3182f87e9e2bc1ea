using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Silo.Api;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>Names with a slash, straight and through a proxy that decodes them.</summary>
public sealed class ProxiedNamesTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>, IAsyncLifetime
{
    private const string Creating = """{"reason":"drill","actor":"ops","create":true}""";
    private const string Good = """{"reason":"drill","actor":"ops"}""";

    private readonly HttpClient _http = new();
    private DecodingProxy? _proxy;

    public async ValueTask InitializeAsync() => _proxy = await DecodingProxy.StartAsync(silo.Address, "/breakers");

    [Theory]
    [InlineData("api/breaker?name=pgmq/orders", "api/breaker/history?name=pgmq/orders", "api/breaker/{0}?name=pgmq/orders", "api/config?name=pgmq/orders")]
    [InlineData("api/breaker?name=pgmq%2Forders", "api/breaker/history?name=pgmq%2forders", "api/breaker/{0}?name=pgmq%2Forders", "api/config?name=pgmq%2Forders")]
    [InlineData("api/breaker?name=pgmq%252Forders", "api/breaker/history/?name=pgmq%252forders", "api/breaker/{0}/?name=pgmq%252Forders", "api/config?name=pgmq%252Forders")]
    [InlineData("api/breakers/pgmq%2Forders", "api/breakers/pgmq%2forders/history", "api/breakers/pgmq%2Forders/{0}", "api/config/pgmq%2Forders")]
    [InlineData("api/breakers/pgmq%252Forders", "api/breakers/pgmq%252forders/history", "api/breakers/pgmq%252Forders/{0}", "api/config/pgmq%252Forders")]
    [InlineData("api/breakers/pgmq/orders", "api/breakers/pgmq/orders/history", "api/breakers/pgmq/orders/{0}", "api/config/pgmq/orders")]
    [InlineData("api/breakers/pgmq/orders/", "api/breakers/pgmq/orders/history/", "api/breakers/pgmq/orders/{0}/", "api/config/pgmq%2Forders")]
    public async Task S19_a_name_with_a_slash_is_found_in_every_form_straight_and_through_a_proxy(string get, string history, string command, string settings)
    {
        foreach (var server in new[] { silo.Address, new Uri(_proxy!.Address, "/breakers/") })
        {
            var forced = await SendAsync(server, command, "force-open", Creating);
            Assert.Equal((HttpStatusCode.OK, "pgmq/orders"), (forced.Status, forced.Body["breaker"]!["name"]!.GetValue<string>()));
            Assert.Equal("forced_open", (await SendAsync(server, get)).Body["state"]!.GetValue<string>());
            Assert.Equal("force_open", (await SendAsync(server, history)).Body["transitions"]!.AsArray()[^1]!["cause"]!.GetValue<string>());
            Assert.Equal("pgmq/orders", (await SendAsync(server, settings)).Body["name"]!.GetValue<string>());
            Assert.Equal("closed", (await SendAsync(server, command, "release", Good)).Body["breaker"]!["state"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("a/history")]
    [InlineData("a/release")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    public async Task S19_every_valid_name_is_found_by_a_query_through_a_proxy(string name)
    {
        var server = new Uri(_proxy!.Address, "/breakers/");
        var query = Uri.EscapeDataString(name);

        var forced = await SendAsync(server, $"api/breaker/{{0}}?name={query}", "force-open", Creating);
        Assert.Equal((HttpStatusCode.OK, name), (forced.Status, forced.Body["breaker"]!["name"]!.GetValue<string>()));
        Assert.Equal(name, (await SendAsync(server, $"api/breaker?name={query}")).Body["name"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, $"api/breaker/history?name={query}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, $"api/breaker/{{0}}?name={query}", "release", Good)).Status);
    }

    [Theory]
    [InlineData("/api/breakers/a/../pgmq", "GET")]
    [InlineData("/api/breakers/a/%2e%2E/pgmq/history", "GET")]
    [InlineData("/api/breakers/./pgmq", "GET")]
    [InlineData("/api/breakers/a/../pgmq/force-open", "POST")]
    public async Task S19_dots_in_a_path_are_refused_and_never_name_another_breaker(string path, string method)
    {
        var answer = await SendAsync(silo.Address, path[1..], method == "POST" ? string.Empty : null, method == "POST" ? Good : null);

        Assert.Equal((HttpStatusCode.BadRequest, ApiProblems.Invalid), (answer.Status, answer.Body["code"]!.GetValue<string>()));
        Assert.Contains("/api/breaker?name=", answer.Body["errors"]!["name"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEqual("forced_open", (await SendAsync(silo.Address, "api/breakers/pgmq")).Body["state"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("api/breaker")]
    [InlineData("api/breaker?name=")]
    [InlineData("api/breaker/history")]
    [InlineData("api/breaker?name=a%20b")]
    [InlineData("api/breaker?name=a+b")]
    [InlineData("api/breaker?name=a&name=b")]
    public async Task S19_a_name_that_is_missing_or_not_valid_is_400(string path)
    {
        var answer = await SendAsync(silo.Address, path);

        Assert.Equal((HttpStatusCode.BadRequest, ApiProblems.Invalid), (answer.Status, answer.Body["code"]!.GetValue<string>()));
        Assert.NotNull(answer.Body["errors"]!["name"]);
    }

    [Theory]
    [InlineData("/ops/api/breakers", "'/ops'")]
    [InlineData("//api/breakers", "two slashes")]
    [InlineData("/api/nothing", "GET / lists the endpoints")]
    public async Task An_endpoint_that_is_not_there_says_what_probably_happened(string path, string expected)
    {
        var answer = await SendAsync(silo.Address, path[1..]);

        Assert.Equal((HttpStatusCode.NotFound, ApiProblems.EndpointNotFound), (answer.Status, answer.Body["code"]!.GetValue<string>()));
        Assert.Contains(expected, answer.Body["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_index_lists_every_endpoint_as_text_and_as_json()
    {
        var text = await _http.GetStringAsync(silo.Address);
        Assert.Contains("GET  /api/breaker?name=NAME", text, StringComparison.Ordinal);
        Assert.Contains("POST /api/breaker/force-open?name=NAME", text, StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, silo.Address);
        request.Headers.Accept.ParseAdd("application/json");
        var json = (await silo.SendAsync(request)).Body["endpoints"]!.AsArray();
        Assert.Equal(text.Trim().Split('\n').Length, json.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _proxy!.DisposeAsync();
    }

    private async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(Uri server, string path, string? command = null, string? body = null)
    {
        using var request = new HttpRequestMessage(
            command is null ? HttpMethod.Get : HttpMethod.Post,
            new Uri(server.AbsoluteUri + path.Replace("{0}", command, StringComparison.Ordinal), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync() is { Length: > 0 } text ? text : "{}")!);
    }
}
