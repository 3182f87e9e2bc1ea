using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Serialization;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>A client of our own, in a host of its own: it connects behind the worker's start, and retries for as long as it takes.</summary>
internal sealed partial class GatewayConnection : IClusterConnection, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly CircuitBreakerClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InnerHost _inner;
    private readonly CancellationTokenSource _stop = new();
    private volatile IClusterClient? _client;
    private Task<IHost>? _making;
    private Task _connecting = Task.CompletedTask;
    private Task? _disposing;

    public GatewayConnection(
        CircuitBreakerClientOptions options, ILoggerFactory loggers, TimeProvider time, IOptionsMonitor<LoggerFilterOptions>? logRules = null)
    {
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger<GatewayConnection>();
        _inner = new InnerHost(options, loggers, logRules, time);
    }

    public event Action? Changed;

    public IClusterClient? Client => _client;

    public async Task<Serializer?> GetWireAsync() => _making is null ? null : (await _making.ConfigureAwait(false)).Services.GetService<Serializer>();

    public bool EndsWithTheHost => false;

    public void CallsUnanswered() => _inner.Choice.CallsUnanswered();

    public void CallFailed() => _inner.Choice.CallFailed();

    public string Describe() => "the gateways " + string.Join(", ", _options.Gateways.Distinct(StringComparer.Ordinal));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Making an Orleans client takes longer than everything else at a worker's start, and no call waits for it.
        _making = Task.Run(() => _inner.Build(RetryAsync, () => Changed?.Invoke()), CancellationToken.None);
        _connecting = ConnectAsync(_making);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ConnectedAsync(cancellationToken).ConfigureAwait(false);
        if (_making is { IsCompletedSuccessfully: true } made && _client is not null)
        {
            _client = null;
            await (await made.ConfigureAwait(false)).StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends what still runs, without waiting for it.</summary>
    public void Dispose() => _disposing ??= DisposeInnerAsync();

    public ValueTask DisposeAsync() => new(_disposing ??= DisposeInnerAsync());

    private async Task DisposeInnerAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ConnectedAsync(CancellationToken.None).ConfigureAwait(false);
        _client = null;
        if (_making is { IsCompletedSuccessfully: true } made)
        {
            var host = await made.ConfigureAwait(false);
            await ((IAsyncDisposable)host).DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    /// <summary>Waits until the attempt to connect has ended, but no longer than a stop may take: Orleans may be waiting for a machine that does not answer.</summary>
    private async Task ConnectedAsync(CancellationToken cancellationToken) =>
        await _connecting.WaitAsync(_options.StopTimeout, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ConnectAsync(Task<IHost> making)
    {
        LogConnecting(Describe());
        try
        {
            var host = await making.ConfigureAwait(false);
            await host.StartAsync(_stop.Token).ConfigureAwait(false);
            _client = host.Services.GetRequiredService<IClusterClient>();
            LogConnected(Describe());
            Changed?.Invoke();
        }
        catch (Exception exception) when (_stop.IsCancellationRequested)
        {
            // However Orleans ends an attempt that is given up: the worker stops, and nothing is wrong.
            LogStopped(exception.Message);
        }
        catch (Exception exception)
        {
            LogFailed(Describe(), exception);
        }
    }

    private async Task<bool> RetryAsync(Exception exception, CancellationToken cancellationToken)
    {
        if (_stop.IsCancellationRequested)
        {
            return false;
        }

        LogNoGateway(Describe(), exception.Message);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        await Task.Delay(RetryPause, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !either.IsCancellationRequested;
    }

    [LoggerMessage(EventIds.ConnectionConnecting, LogLevel.Information, "Looking for the cluster at {Gateways}; until it answers, this worker's breakers decide for themselves")]
    private partial void LogConnecting(string gateways);

    [LoggerMessage(EventIds.ConnectionConnected, LogLevel.Information, "Connected to the cluster at {Gateways}")]
    private partial void LogConnected(string gateways);

    [LoggerMessage(EventIds.ConnectionNoGateway, LogLevel.Debug, "No gateway answered at {Gateways} ({Reason}); trying again")]
    private partial void LogNoGateway(string gateways, string reason);

    [LoggerMessage(EventIds.ConnectionStopped, LogLevel.Debug, "Stopped while looking for the cluster: {Reason}")]
    private partial void LogStopped(string reason);

    [LoggerMessage(EventIds.ConnectionFailed, LogLevel.Error, "The client for {Gateways} could not start; this worker's breakers go on deciding for themselves")]
    private partial void LogFailed(string gateways, Exception exception);
}
