using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Server;

/// <summary>One server's HTTP API. A request is sent once.</summary>
internal sealed class SiloClient : IDisposable
{
    private const int MaxAnswerBytes = 256 * 1024 * 1024;
    private const string MayBeInEffect = " The command may be in effect: check the history.";

    private readonly HttpClient _http;
    private readonly ServerAddress _server;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public SiloClient(ServerAddress server, HttpMessageHandler handler, TimeSpan timeout, TimeProvider time)
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

    public async Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        var isCommand = method == HttpMethod.Post;
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var due = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            using var answer = await _http.SendAsync(request, either.Token);
            return answer.IsSuccessStatusCode
                ? await ReadAsync<T>(answer, either.Token)
                : throw Refusal.Of(answer, await answer.Content.ReadAsByteArrayAsync(either.Token), _server, isCommand);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CliFault(
                ExitCode.Unreachable,
                $"{Url} did not answer within {new Duration(_timeout)}. Check whether a silo runs there, or wait longer: --timeout."
                + (isCommand ? MayBeInEffect : string.Empty))
            {
                Server = ServerState.Silent,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // Of a connection that was never made nothing went out.
            var isUntouched = exception is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
            };
            throw new CliFault(
                ExitCode.Unreachable,
                $"No silo answers at {Url}: {Shown.Line(exception.GetBaseException().Message).TrimEnd('.')}. "
                + $"Check whether a silo runs there, or use another address: --server URL, or {GlobalOptions.ServerVariable}."
                + (isCommand && !isUntouched ? MayBeInEffect : string.Empty))
            {
                Server = isUntouched ? ServerState.Untouched : ServerState.Silent,
            };
        }
    }

    public void Dispose() => _http.Dispose();

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
                ExitCode.Unreachable, $"{Url} returned an answer that is not a silo's. Use the address of a silo's HTTP API: --server URL.");
        }
    }
}
