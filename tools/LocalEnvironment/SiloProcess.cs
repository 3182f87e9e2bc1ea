using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>A silo in a process of its own on loopback, and its HTTP API.</summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(120);
    private readonly HttpClient _http;

    private SiloProcess(ManagedProcess process, int siloPort, int gatewayPort, Uri address)
    {
        Process = process;
        SiloPort = siloPort;
        GatewayPort = gatewayPort;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(15) };
    }

    /// <summary>The process.</summary>
    public ManagedProcess Process { get; }

    /// <summary>Where other silos connect.</summary>
    public int SiloPort { get; }

    /// <summary>Where workers connect.</summary>
    public int GatewayPort { get; }

    /// <summary>Where its HTTP API is.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Starts a silo, without waiting until it is ready.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="postgres">The cluster's database; null: embedded, in memory.</param>
    /// <param name="settings">More settings: <c>Section:Key</c> as the silo's command line takes them.</param>
    /// <param name="gatewayPort">Where workers are to connect; null: a free port.</param>
    /// <param name="siloPort">Where other silos are to connect; null: a free port.</param>
    /// <param name="host">The address that its API listens on; the other ports are for <paramref name="settings"/> to move.</param>
    /// <param name="launcher">A command that becomes the silo, as <c>nsenter</c> does.</param>
    /// <param name="program">The assembly that is a silo, and its first arguments; null: the one that ships.</param>
    public static SiloProcess Start(
        string name,
        string? postgres,
        IEnumerable<(string Key, string Value)>? settings = null,
        int? gatewayPort = null,
        int? siloPort = null,
        string host = "127.0.0.1",
        IReadOnlyList<string>? launcher = null,
        IReadOnlyList<string>? program = null)
    {
        program ??= [Repository.Assembly("src/Silo", "TaskerCore.Orleans.Silo")];
        var ports = FreePort.Several(3);
        ports[0] = siloPort ?? ports[0];
        ports[1] = gatewayPort ?? ports[1];
        var address = new Uri($"http://{host}:{ports[2]}");
        List<string> arguments =
        [
            .. program.Skip(1),
            $"--Silo:SiloPort={ports[0]}",
            $"--Silo:GatewayPort={ports[1]}",
            $"--urls={address}",

            // This machine may be a container, and its loopback is ours alone.
            "--Api:CommandsFromLoopback=true",
            .. (settings ?? []).Select(setting => $"--{setting.Key}={setting.Value}"),
        ];

        // The connection string goes by the environment: a command line is there for all to read.
        var variables = new Dictionary<string, string>();
        if (postgres is not null)
        {
            variables["ConnectionStrings__Postgres"] = postgres;
        }

        return new SiloProcess(ManagedProcess.StartDotnet(name, program[0], arguments, variables, launcher), ports[0], ports[1], address);
    }

    /// <summary>Waits until the silo serves.</summary>
    /// <exception cref="InvalidOperationException">It ended; the message has its last lines.</exception>
    /// <exception cref="TimeoutException">It was not ready in time; the message has the reasons and its last lines.</exception>
    public async Task ReadyAsync(CancellationToken cancellationToken = default) =>
        await UntilAsync(async () => (await ReadinessAsync(cancellationToken)).Status == HttpStatusCode.OK, "ready", ReadyLimit, cancellationToken);

    /// <summary>What <c>/health/ready</c> answers: the status, null where nothing listens yet, and the reasons.</summary>
    public async Task<(HttpStatusCode? Status, string Reasons)> ReadinessAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            using var answer = await _http.GetAsync("/health/ready", cancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException exception)
        {
            return (null, exception.Message);
        }
    }

    /// <summary>The answer to a GET, and its status.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path, CancellationToken cancellationToken = default)
    {
        using var answer = await _http.GetAsync(path, cancellationToken);
        return (answer.StatusCode, await BodyAsync(answer, cancellationToken));
    }

    /// <summary>The answer to a POST of JSON text, and its status.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string json, CancellationToken cancellationToken = default)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(path, content, cancellationToken);
        return (answer.StatusCode, await BodyAsync(answer, cancellationToken));
    }

    /// <summary>The state of a breaker, as this silo's API says; null where it does not answer.</summary>
    public async Task<string?> StateAsync(string component, CancellationToken cancellationToken = default)
    {
        try
        {
            var (status, body) = await GetAsync($"/api/breakers/{component.Replace("/", "%2F", StringComparison.Ordinal)}", cancellationToken);
            return status == HttpStatusCode.OK ? body["state"]!.GetValue<string>() : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Waits until something is so; what the message calls it.</summary>
    /// <exception cref="InvalidOperationException">The process ended before; the message has its last lines.</exception>
    /// <exception cref="TimeoutException">It was not in time; the message has the process's last lines.</exception>
    public Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan limit, CancellationToken cancellationToken = default) => Waiting.UntilAsync(
        async () =>
        {
            var isMet = await condition();
            return isMet || !Process.HasExited
                ? isMet
                : throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"{Process.Name} ended with {Process.ExitCode} before it was {what}. Its last lines:\n{Process.Recent}"));
        },
        () => $"{Process.Name} is not {what}. Its last lines:\n{Process.Recent}",
        limit,
        cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken) is { Length: > 0 } text ? text : "{}")!;
}
