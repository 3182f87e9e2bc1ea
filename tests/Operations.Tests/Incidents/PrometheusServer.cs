using System.Globalization;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Operations.Tests.Alerts;

namespace TaskerCore.Orleans.Operations.Tests.Incidents;

/// <summary>A Prometheus of the test's own on loopback, with the rules that ship; gone with its data when disposed.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskercore-prometheus-");
    private readonly HttpClient _http;
    private readonly ManagedProcess _process;

    private PrometheusServer(IEnumerable<(string Job, int Port)> targets)
    {
        Watchdog.Remove(_folder.FullName);
        var jobs = targets.GroupBy(target => target.Job, target => target.Port).Select(job =>
            $"  - {{ job_name: {job.Key}, static_configs: [{{ targets: [{string.Join(", ", job.Select(port => $"'127.0.0.1:{port}'"))}] }}] }}");
        var configuration = Path.Combine(_folder.FullName, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: ['{{Path.Combine(AlertFiles.Folder, "alerts.yaml")}}']
            scrape_configs:
            {{string.Join('\n', jobs)}}
            """);
        var port = FreePort.Next();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _process = ManagedProcess.Start(
            "prometheus",
            [
                Repository.Path(".cache", "prometheus", "prometheus"), $"--config.file={configuration}",
                $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ],
            _folder.FullName);
    }

    /// <summary>Starts it, and waits until it serves.</summary>
    public static async Task<PrometheusServer> StartAsync(params IEnumerable<(string Job, int Port)> targets)
    {
        var server = new PrometheusServer(targets);
        try
        {
            await Waiting.UntilAsync(server.IsReadyAsync, () => $"Prometheus is not ready: {server._process.Recent}", TimeSpan.FromSeconds(30));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a query gives now, one value for each series.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query; the message says why.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression) =>
        [.. Series(await AskAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}")).Select(series => Number(series!["value"]![1]))];

    /// <summary>What a query gave each second since a time, of all series.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query; the message says why.</exception>
    public async Task<IReadOnlyList<double>> QuerySinceAsync(string expression, DateTimeOffset since) =>
    [
        .. Series(await AskAsync(
                $"/api/v1/query_range?query={Uri.EscapeDataString(expression)}&start={Seconds(since)}&end={Seconds(TimeProvider.System.GetUtcNow())}&step=1"))
            .SelectMany(series => series!["values"]!.AsArray())
            .Select(value => Number(value![1])),
    ];

    /// <summary>The values of a label that the series of a selector have had.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string selector, string label) =>
        [.. (await AskAsync($"/api/v1/label/{label}/values?match[]={Uri.EscapeDataString(selector)}")).AsArray().Select(value => value!.GetValue<string>())];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("/-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }

    private static JsonArray Series(JsonNode data) => data["result"]!.AsArray();

    private async Task<JsonNode> AskAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return answer.IsSuccessStatusCode
            ? body["data"]!
            : throw new InvalidOperationException($"Prometheus: {body["error"]} ({path})");
    }

    private static double Number(JsonNode? text) => double.Parse(text!.GetValue<string>(), NumberStyles.Float, PrometheusNumbers);

    private static string Seconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000.0).ToString(CultureInfo.InvariantCulture);

    private static readonly NumberFormatInfo PrometheusNumbers = new() { PositiveInfinitySymbol = "+Inf", NegativeInfinitySymbol = "-Inf", NaNSymbol = "NaN" };
}
