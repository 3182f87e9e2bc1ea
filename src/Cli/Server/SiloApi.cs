using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TaskerCore.Orleans.Cli.Printing;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Cli.Server;

/// <summary>The HTTP API of a silo. What it refuses, and that it does not answer, is a <see cref="CliFault"/>.</summary>
internal sealed class SiloApi : IDisposable
{
    private const int MaxAnswerBytes = 256 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly ServerAddress _server;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public SiloApi(ServerAddress server, HttpMessageHandler handler, TimeSpan timeout, TimeProvider time)
    {
        _server = server;
        _timeout = timeout;
        _time = time;
        _http = new HttpClient(handler)
        {
            BaseAddress = server.Url,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tasker-breakers", typeof(SiloApi).Assembly.GetName().Version!.ToString(3)));
        if (server.Key is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>The server's address.</summary>
    public Uri Url => _server.Url;

    public Task<Answer<BreakerList>> ListAsync(string? state, CancellationToken cancellationToken) =>
        AskAsync<BreakerList>(state is null ? "api/breakers" : $"api/breakers?state={Uri.EscapeDataString(state)}", cancellationToken);

    public Task<Answer<Breaker>> GetAsync(string name, CancellationToken cancellationToken) => AskAsync<Breaker>(Path("breakers", name), cancellationToken);

    public Task<Answer<History>> HistoryAsync(string name, CancellationToken cancellationToken) =>
        AskAsync<History>(Path("breakers", name) + "/history", cancellationToken);

    /// <summary>What settings hold, and where they come from.</summary>
    /// <param name="name">The component; null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Answer<ConfigurationReport>> ConfigurationAsync(string? name, CancellationToken cancellationToken) =>
        AskAsync<ConfigurationReport>(name is null ? "api/config" : Path("config", name), cancellationToken);

    /// <summary>Gives a command; it is sent once, and never again.</summary>
    public async Task<Answer<CommandAnswer>> CommandAsync(string name, string command, string reason, string actor, Duration? ttl, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Path("breakers", name)}/{command}");
        request.Content = JsonContent.Create(new { reason, actor, ttl_seconds = ttl?.Value.TotalSeconds });
        return await SendAsync<CommandAnswer>(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The path of a component: a <c>/</c> in its name is sent as <c>%2F</c>.</summary>
    private static string Path(string what, string name) =>
        !ComponentName.IsValid(name) ? throw new CliFault(ExitCode.Invalid, ComponentName.Fault(name))
        : name is "." or ".." ? throw new CliFault(ExitCode.Invalid, $"A component named '{name}' cannot be asked for over HTTP: no path may end so.")
        : $"api/{what}/{Uri.EscapeDataString(name)}";

    private async Task<Answer<T>> AskAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync<T>(request, cancellationToken);
    }

    private async Task<Answer<T>> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            using var answer = await _http.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode
                ? await ReadAsync<T>(answer, either.Token)
                : throw Refusal.Of(answer, await answer.Content.ReadAsByteArrayAsync(either.Token), _server);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliFault(
                ExitCode.Unreachable,
                $"{Url} did not answer within {new Duration(_timeout)}. See whether a silo serves there, or wait longer: --timeout."
                + (request.Method == HttpMethod.Post ? " The command may be in effect all the same: the history tells." : string.Empty));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new CliFault(
                ExitCode.Unreachable,
                $"No silo answers at {Url}: {Shown.Line(exception.GetBaseException().Message)}. "
                + $"See whether one serves there, or give another address: --server URL, or {GlobalOptions.ServerVariable}.");
        }
    }

    private async Task<Answer<T>> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return new Answer<T>(json, json.Deserialize<T>(Json.Options) ?? throw new JsonException());
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new CliFault(
                ExitCode.Unreachable, $"{Url} answered with something that is no answer of a silo. Give the address of a silo's HTTP API: --server URL.");
        }
    }
}
