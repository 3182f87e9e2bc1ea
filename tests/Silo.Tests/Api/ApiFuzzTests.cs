using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>Whatever is sent: what is bad is a 4xx with a problem, never a 500, creates nothing, and the silo goes on.</summary>
public sealed class ApiFuzzTests(EmbeddedSilo silo) : IClassFixture<EmbeddedSilo>
{
    private const string Problem = "application/problem+json";
    private static readonly string[] Actions = ["force-open", "force-closed", "release", "reset"];

    private static readonly string[] NameBits =
    [
        "a", "B", "7", ".", "_", "-", ":", "%2F", "%2f", "%252F", "%00", "%0A", "%20", "+", "%C3%9C", "%ED%A0%80", "%FF", "%", "'", "%22", "%3C", "%5C", "\u00fc", "~", "*", ";", "@", "$(x)", "%7B",
        new('x', 127), new('y', 3000),
    ];

    private static readonly string[] BodyBits =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"reason\":", "\"actor\":", "\"ttl_seconds\":", "\"drill\"", "\"ops\"", "60", "-1", "1e300", "1e-300", "NaN", "null", "true", "\"\\ud800\"", "\"\\u0000\"",
        "\"\\u202e\"", "\"Reason\":\"x\"", "\ufeff", "\0", "\u00ff", "//", "/*", " ", "\n", "9999999999999999999999", "1.0000000000000000000001", "{\"reason\":\"r\",\"actor\":\"a\"}", "\"$type\":\"System.Object\"",
        new string('[', 100), "\"" + new string('x', 501) + "\"", new string(' ', 20_000),
    ];

    [Fact]
    public async Task S13_a_query_with_any_name_is_answered_or_refused_and_creates_nothing()
    {
        var before = await NamesAsync();

        foreach (var bits in Draw(Gen.Int[0, NameBits.Length - 1].Array[1, 6], 300))
        {
            // Not "." alone: a path swallows that.
            var name = "f" + string.Concat(bits.Select(bit => NameBits[bit]));
            IsRefused(await silo.GetAsync($"/api/breakers/{name}"), name);
            IsRefused(await silo.GetAsync($"/api/breakers/{name}/history"), name);
        }

        foreach (var query in new[] { "state=", "state=open&state=closed", "state=OPEN", "state=%00", "state=1", "state=255", $"state={new string('x', 5000)}", "state[]=open" })
        {
            var answer = await silo.GetAsync($"/api/breakers?{query}");
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{query}: {answer.Status}");
        }

        Assert.Equal(before, await NamesAsync());
        await IsAliveAsync();
    }

    [Fact]
    public async Task S10_a_command_with_any_body_is_carried_out_or_refused()
    {
        var index = 0;
        foreach (var bits in Draw(Gen.Int[0, BodyBits.Length - 1].Array[0, 12], 400))
        {
            // A good start, so that more than the parser is reached.
            var start = (index % 4) switch { 0 => "{\"reason\":\"r\",\"actor\":\"a\",\"ttl_seconds\":", 1 => "{\"reason\":\"r\",", _ => "" };
            var body = start + string.Concat(bits.Select(bit => BodyBits[bit])) + (index % 3 == 0 ? "}" : "");
            await CommandAsync(Encoding.UTF8.GetBytes(body), "application/json", index++);
        }

        await IsAliveAsync();
    }

    [Fact]
    public async Task S10_a_command_with_mutated_bytes_is_carried_out_or_refused()
    {
        var good = Encoding.UTF8.GetBytes("""{"reason":"maintenance of the queue","actor":"anna","ttl_seconds":600}""");
        var index = 0;
        foreach (var flips in Draw(Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 4], 300))
        {
            byte[] body = [.. good];
            foreach (var (at, value) in flips)
            {
                body[at] = value;
            }

            await CommandAsync(body, (index % 5) switch { 0 => "text/plain", 1 => "application/json; charset=utf-16", _ => "application/json" }, index++);
        }

        await IsAliveAsync();
    }

    [Fact]
    public async Task S19_a_command_on_a_bad_name_creates_nothing()
    {
        var before = await NamesAsync();

        foreach (var bits in Draw(Gen.Int[0, NameBits.Length - 1].Array[1, 5], 150))
        {
            // One sign that no name has.
            var name = string.Concat(bits.Select(bit => NameBits[bit])) + "%7C";
            IsRefused(await silo.PostAsync($"/api/breakers/{name}/{Actions[bits.Length % Actions.Length]}", """{"reason":"r","actor":"a"}"""), name);
        }

        Assert.Equal(before, await NamesAsync());
    }

    [Fact]
    public async Task Routes_and_methods_that_are_not_there_are_told_as_problems()
    {
        foreach (var method in new[] { "PUT", "DELETE", "PATCH", "POST", "BREAK" })
        {
            foreach (var path in new[] { "/api/breakers", "/api/breakers/pgmq", "/api/breakers/pgmq/history", "/health/live", "/api", "/api/breakers/pgmq/explode" })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}") };
                IsRefused(await silo.SendAsync(request), $"{method} {path}");
            }
        }
    }

    [Fact]
    public async Task What_is_no_request_at_all_is_refused_or_dropped_and_the_silo_goes_on()
    {
        string[] raw =
        [
            "\r\n\r\n", "GET\r\n\r\n", "GET /api/breakers/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /api/breakers/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /api/breakers/" + new string('x', 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /api/breakers/x/force-open HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", "POST /api/breakers/x/force-open HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST /api/breakers/x/force-open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nFFFFFFFFFFFF\r\n", "POST /api/breakers/x/force-open HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{",
            "GET /api/breakers HTTP/1.1\r\nHost: x\r\nX: " + new string('y', 100_000) + "\r\n\r\n", "GET /api/breakers HTTP/9.9\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\0\u00a5\u0001",
            "GET /api/breakers/\u00fc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET http://[::1/api/breakers HTTP/1.1\r\nHost: x\r\n\r\n",
        ];
        foreach (var request in raw)
        {
            var answer = await silo.SendRawAsync(Encoding.Latin1.GetBytes(request));

            // 505 is for a version that is none; to HTTP/2's greeting the server says good-bye in frames.
            Assert.True(
                !answer.StartsWith("HTTP/", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal),
                $"{request[..Math.Min(60, request.Length)]}: {answer}");
        }

        Assert.Equal(HttpStatusCode.NotFound, (await silo.GetAsync("/api/breakers/x")).Status);
        await IsAliveAsync();
    }

    private async Task CommandAsync(byte[] body, string type, int index)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/breakers/fuzzed/{Actions[index % Actions.Length]}") { Content = content };
        var answer = await silo.SendAsync(request);
        if (answer.Status != HttpStatusCode.OK)
        {
            IsRefused(answer, Encoding.UTF8.GetString(body));
        }
    }

    private static void IsRefused((HttpStatusCode Status, JsonNode Body, string? Type) answer, string what)
    {
        Assert.True((int)answer.Status is >= 400 and < 500, $"{answer.Status} for {what}");

        // What the server itself refuses, it refuses without a word.
        Assert.True(answer.Type == Problem || answer.Body.ToJsonString() == "{}", $"no problem but {answer.Type} for {what}");
    }

    private async Task<IEnumerable<string>> NamesAsync() =>
        [.. (await silo.GetAsync("/api/breakers")).Body["breakers"]!.AsArray().Select(breaker => breaker!["name"]!.GetValue<string>()).Where(name => name != "fuzzed")];

    private async Task IsAliveAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await silo.GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.OK, (await silo.GetAsync("/health/ready")).Status);
        Assert.All(await NamesAsync(), name => Assert.True(ComponentName.IsValid(name)));
    }

    private static List<T> Draw<T>(Gen<T> gen, int count)
    {
        List<T> drawn = [];
        gen.ForAll(count, drawn.Add);
        return drawn;
    }
}
