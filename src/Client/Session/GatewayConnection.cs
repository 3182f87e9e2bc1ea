using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;
using Orleans.Serialization;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>A client of our own, in a host of its own: it connects behind the worker's start, and retries for as long as it takes.</summary>
internal sealed partial class GatewayConnection : IClusterConnection, IDisposable
{
    private readonly CircuitBreakerClientOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly GatewayWatch _watch;
    private readonly GatewayChoice _choice;
    private volatile IClusterClient? _client;
    private Task<IHost>? _making;
    private Task _connecting = Task.CompletedTask;

    public GatewayConnection(CircuitBreakerClientOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _time = time;
        _logger = loggers.CreateLogger<GatewayConnection>();
        _watch = new GatewayWatch(time);
        _choice = new GatewayChoice(gateway => _watch.IsSilent(gateway, GatewayChoice.Trial), time);
    }

    public event Action? Changed;

    public IClusterClient? Client => _client;

    public async Task<Serializer?> GetWireAsync() => _making is null ? null : (await _making.ConfigureAwait(false)).Services.GetService<Serializer>();

    public bool EndsWithTheHost => false;

    public void Silent() => _choice.Silent();

    public void Refused() => _choice.Refused();

    public string Describe() => "the gateways " + string.Join(", ", _options.Gateways);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Making an Orleans client takes longer than everything else at a worker's start, and no call waits for it.
        _making = Task.Run(Build, CancellationToken.None);
        _connecting = ConnectAsync(_making);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_making is not null && _client is not null)
        {
            _client = null;
            await (await _making.ConfigureAwait(false)).StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _making?.ContinueWith(
            static made => made.Result.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _making = null;
        _stop.Dispose();
    }

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
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            LogStopped();
        }
        catch (Exception exception)
        {
            LogFailed(Describe(), exception);
        }
    }

    private IHost Build()
    {
        var gateways = _options.Gateways.Select(GatewayAddress.Parse).ToArray();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ILoggerFactory>(new InnerHostLoggers(_loggers));
        builder.Services.AddSingleton<IGatewayListProvider>(services => new GatewayList(gateways, _choice, _time, services.GetRequiredService<ILogger<GatewayList>>()));
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = _options.ClusterId;
                cluster.ServiceId = _options.ServiceId;
            });
            client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(connection =>
            {
                // The watch first, next to the wire: a gateway that hangs leaves the handshake unanswered too.
                _watch.Watch(connection);
                if (_options.Tls is { } tls)
                {
                    connection.UseMiddleware(TlsMiddleware.OfCaller(
                        new TlsFiles(tls, $"{nameof(CircuitBreakerClientOptions)}.{nameof(CircuitBreakerClientOptions.Tls)}.", isSilo: false, _time, _loggers.CreateLogger<TlsFiles>()),
                        _time,
                        _loggers.CreateLogger<TlsMiddleware>()));
                }
            }));
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
            client.UseConnectionRetryFilter(RetryAsync);
            client.AddClusterConnectionLostHandler((_, _) => Changed?.Invoke());
            client.AddGatewayCountChangedHandler((_, _) => Changed?.Invoke());
        });
        return builder.Build();
    }

    private async Task<bool> RetryAsync(Exception exception, CancellationToken cancellationToken)
    {
        LogNoGateway(Describe(), exception.Message);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(500), _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !either.IsCancellationRequested;
    }

    /// <summary>Leaves out what the inner host says of its own start and stop: this class says it in the worker's terms.</summary>
    private sealed class InnerHostLoggers(ILoggerFactory outer) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) ? NullLogger.Instance : outer.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => outer.AddProvider(provider);

        public void Dispose()
        {
            // The outer factory is the worker's.
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Looking for the cluster at {Gateways}; until it answers, this worker's breakers decide for themselves")]
    private partial void LogConnecting(string gateways);

    [LoggerMessage(2, LogLevel.Information, "Connected to the cluster at {Gateways}")]
    private partial void LogConnected(string gateways);

    [LoggerMessage(3, LogLevel.Debug, "No gateway answered at {Gateways} ({Reason}); trying again")]
    private partial void LogNoGateway(string gateways, string reason);

    [LoggerMessage(4, LogLevel.Debug, "Stopped while looking for the cluster")]
    private partial void LogStopped();

    [LoggerMessage(5, LogLevel.Error, "The client for {Gateways} could not start; this worker's breakers go on deciding for themselves")]
    private partial void LogFailed(string gateways, Exception exception);
}
