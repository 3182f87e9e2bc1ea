using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Client.Gateways;

/// <summary>Makes the host of the worker's own Orleans client. It takes nothing of the process: no signal, no console, no category of the
/// application's log.</summary>
internal sealed class InnerHost
{
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    private readonly CircuitBreakerClientOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly IOptionsMonitor<LoggerFilterOptions>? _rules;
    private readonly TimeProvider _time;
    private readonly GatewayWatch _watch;
    private readonly ForeignGateways _foreign;

    /// <param name="options">The worker's options.</param>
    /// <param name="loggers">The worker's loggers.</param>
    /// <param name="rules">The application's filter rules; null: it has none.</param>
    /// <param name="time">The clock.</param>
    public InnerHost(CircuitBreakerClientOptions options, ILoggerFactory loggers, IOptionsMonitor<LoggerFilterOptions>? rules, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _rules = rules;
        _time = time;
        _watch = new GatewayWatch(time);
        _foreign = new ForeignGateways(options.ClusterId, options.Tls is not null, time, loggers.CreateLogger<ForeignGateways>());
        Choice = new GatewayChoice(gateway => _watch.IsSilent(gateway, GatewayChoice.UnansweredLimit), time);
    }

    /// <summary>Which gateways are used.</summary>
    public GatewayChoice Choice { get; }

    /// <summary>Makes the host. It connects when it is started.</summary>
    /// <param name="retry">Returns true to try again after a failure to connect.</param>
    /// <param name="changed">Called when gateways came or went.</param>
    public IHost Build(Func<Exception, CancellationToken, Task<bool>> retry, Action changed)
    {
        GatewayAddress[] gateways = [.. _options.Gateways.Select(GatewayAddress.Parse).Distinct()];
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ILoggerFactory>(new InnerLoggers(_loggers, _options.OrleansLogLevel, _rules));
        builder.Services.AddSingleton<IHostLifetime, InnerLifetime>();
        builder.Services.AddSingleton<IGatewayListProvider>(new GatewayList(
            gateways, Choice, gateway => _watch.IsAnswering(gateway, GatewayChoice.UnansweredLimit), _time, _loggers.CreateLogger<GatewayList>()));
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = _options.ClusterId;
                cluster.ServiceId = _options.ServiceId;
            });
            client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(ConfigureConnection));
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = RefreshPeriod);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
            client.UseConnectionRetryFilter(retry);
            client.AddClusterConnectionLostHandler((_, _) => changed());
            client.AddGatewayCountChangedHandler((_, _) => changed());
        });
        return builder.Build();
    }

    /// <summary>What stands between Orleans and each connection, the outermost first.</summary>
    private void ConfigureConnection(IConnectionBuilder connections)
    {
        // The watch next to the wire: a gateway that hangs leaves the handshake unanswered too.
        _watch.Watch(connections);
        if (_options.Tls is { } tls)
        {
            var files = new TlsFiles(
                tls, $"{nameof(CircuitBreakerClientOptions)}.{nameof(CircuitBreakerClientOptions.Tls)}.", isSilo: false, _time, _loggers.CreateLogger<TlsFiles>());
            connections.UseMiddleware(TlsMiddleware.OfCaller(files, _time, _loggers.CreateLogger<TlsMiddleware>()));
        }

        _foreign.Watch(connections);
    }
}
