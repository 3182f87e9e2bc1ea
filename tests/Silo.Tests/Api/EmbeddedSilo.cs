using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>The silo's host in this process, embedded: no connection string, all in memory.</summary>
public class EmbeddedSilo : IAsyncLifetime
{
    private readonly ConfigurationFiles _files = new();
    private WebApplication? _app;
    private HttpClient? _http;

    /// <summary>More settings, as the silo's command line takes them.</summary>
    protected virtual IEnumerable<string> Settings => [];

    /// <summary>Where the HTTP API is.</summary>
    public Uri Address => Http.BaseAddress!;

    /// <summary>Where workers connect.</summary>
    public int GatewayPort { get; private set; }

    private HttpClient Http => _http ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _files.Write("""
            circuit_breakers:
              global_settings: { max_circuit_breakers: 40, auto_create_enabled: true }
              component_configs:
                pgmq: { failure_threshold: 3, timeout_seconds: 15, success_threshold: 2 }
            """);
        var ports = FreePort.Several(3);
        GatewayPort = ports[1];
        var address = $"http://127.0.0.1:{ports[2]}";
        _app = SiloHost.Build(
        [
            $"--urls={address}", $"--Silo:SiloPort={ports[0]}", $"--Silo:GatewayPort={ports[1]}", $"--CircuitBreakers:ConfigPath={_files.Path}",
            "--Logging:LogLevel:Default=Warning",

            // The tests may run in a container.
            "--Api:CommandsFromLoopback=true", .. Settings,
        ]);
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(address) };
        await Until.TrueAsync(async () => (await GetAsync("/health/ready")).Status == HttpStatusCode.OK, () => "the silo is not ready", seconds: 60);
    }

    public async Task<(HttpStatusCode Status, JsonNode Body, string? Type)> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(path);
        return await ReadAsync(answer);
    }

    /// <summary>Whether what is there may be kept by caches.</summary>
    public async Task<string?> CacheControlOfAsync(string path)
    {
        using var answer = await Http.GetAsync(path);
        return answer.Headers.CacheControl?.ToString();
    }

    public async Task<(HttpStatusCode Status, JsonNode Body, string? Type)> PostAsync(string path, string body, bool askBeforeSending = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.ExpectContinue = askBeforeSending;
        using var answer = await Http.SendAsync(request);
        return await ReadAsync(answer);
    }

    public async Task<(HttpStatusCode Status, JsonNode Body, string? Type)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await Http.SendAsync(request);
        return await ReadAsync(answer);
    }

    /// <summary>Sends what no client would, and returns what comes back, as text.</summary>
    public async Task<string> SendRawAsync(byte[] request)
    {
        using var socket = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await socket.ConnectAsync(Http.BaseAddress!.Host, Http.BaseAddress.Port, limit.Token);
        var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(request, limit.Token);
            socket.Client.Shutdown(SocketShutdown.Send);
            using var answer = new StreamReader(stream, Encoding.Latin1);
            return await answer.ReadToEndAsync(limit.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // It hung up before all was sent.
            return string.Empty;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _http?.Dispose();
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body, string? Type)> ReadAsync(HttpResponseMessage answer) =>
        (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync() is { Length: > 0 } text ? text : "{}")!, answer.Content.Headers.ContentType?.MediaType);
}
