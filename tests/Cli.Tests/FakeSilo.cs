using System.Net;
using System.Text;

namespace TaskerCore.Orleans.Cli.Tests;

/// <summary>A silo's HTTP API that answers what it is told to, and remembers what it was asked.</summary>
internal sealed class FakeSilo : HttpMessageHandler
{
    /// <summary>Two breakers, as a silo tells of them.</summary>
    public const string List = $$$"""
        {"breakers":[{{{Billing}}},{{{Pgmq}}}],"summary":{"total":2,"closed":1,"open":1,"half_open":0,"forced_open":0,"forced_closed":0,"health_score":0.5}}
        """;

    public const string Billing = """
        {"name":"billing","state":"open","generation":"3@0b7c","since":"2026-11-26T20:00:00.5+00:00","remaining_seconds":12.5,"consecutive_failures":5,
        "counts":{"calls":120,"successes":100,"failures":20,"ignored":0,"rejected":7,"slow":0,"late":1,"probes":2},"failure_rate":0.16666666666666666,"window_failure_rate":null,
        "mean_duration_ms":null,"probes_outstanding":0,"workers":3,"used":true,"stored":true,"silo":"127.0.0.1:11111","answering":true,
        "settings":{"enabled":true,"version":1,"failure_threshold":5,"timeout_seconds":30,"success_threshold":2}}
        """;

    public const string Pgmq = """
        {"name":"pgmq","state":"closed","generation":"0","since":null,"remaining_seconds":null,"consecutive_failures":0,
        "counts":{"calls":0,"successes":0,"failures":0,"ignored":0,"rejected":0,"slow":0,"late":0,"probes":0},"failure_rate":0,"window_failure_rate":null,
        "mean_duration_ms":null,"probes_outstanding":0,"workers":0,"used":false,"stored":false,"silo":null,"answering":true,
        "settings":{"enabled":true,"version":1,"failure_threshold":3,"timeout_seconds":15,"success_threshold":2}}
        """;

    public const string History = """
        {"transitions":[
        {"from":"closed","to":"open","generation":"1@0b7c","at":"2026-11-26T19:58:00+00:00","cause":"consecutive_failures","worker":"worker-1","actor":null,"reason":null},
        {"from":"open","to":"half_open","generation":"2@0b7c","at":"2026-11-26T19:59:00+00:00","cause":"timeout_elapsed","worker":null,"actor":null,"reason":null},
        {"from":"half_open","to":"open","generation":"3@0b7c","at":"2026-11-26T20:00:00.5+00:00","cause":"probe_failed","worker":"worker-2","actor":null,"reason":null}]}
        """;

    private readonly Dictionary<string, Func<CancellationToken, Task<HttpResponseMessage>>> _routes = new(StringComparer.Ordinal);

    /// <summary>What it was asked: method and path, body, and the header that has the key.</summary>
    public List<(string Route, string? Body, string? Authorization)> Asked { get; } = [];

    public FakeSilo Answers(string route, string json, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json", Action<HttpResponseMessage>? more = null) =>
        Answers(route, _ =>
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent(json, Encoding.UTF8, type) };
            more?.Invoke(answer);
            return Task.FromResult(answer);
        });

    public FakeSilo Answers(string route, Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _routes[route] = answer;
        return this;
    }

    public FakeSilo Refuses(string route, HttpStatusCode status, string problem) => Answers(route, problem, status, "application/problem+json");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var route = $"{request.Method} {request.RequestUri!.PathAndQuery}";
        Asked.Add((
            route,
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.Authorization?.ToString()));
        return _routes.TryGetValue(route, out var answer)
            ? await answer(cancellationToken)
            : new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("""{"title":"Not Found","status":404}""", Encoding.UTF8, "application/problem+json") };
    }
}
