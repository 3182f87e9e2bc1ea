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
/// <param name="options">The worker's.</param>
/// <param name="loggers">The worker's.</param>
/// <param name="rules">The application's filter rules; null: it has none.</param>
/// <param name="time">Of retries and TLS.</param>
internal sealed class InnerHost(
    CircuitBreakerClientOptions options, ILoggerFactory loggers, IOptionsMonitor<LoggerFilterOptions>? rules, TimeProvider time)
{
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    private readonly GatewayWatch _watch = new(time);
    private GatewayChoice? _choice;

    /// <summary>Which gateways are used.</summary>
    public GatewayChoice Choice => _choice ??= new GatewayChoice(gateway => _watch.IsSilent(gateway, GatewayChoice.UnansweredLimit), time);

    /// <summary>Makes the host. It connects when it is started.</summary>
    /// <param name="retry">Whether to try again after a failure to connect.</param>
    /// <param name="changed">Called when gateways came or went.</param>
    public IHost Build(Func<Exception, CancellationToken, Task<bool>> retry, Action changed)
    {
        GatewayAddress[] gateways = [.. options.Gateways.Select(GatewayAddress.Parse).Distinct()];
        var foreign = new ForeignGateways(options.ClusterId, options.Tls is not null, time, loggers.CreateLogger<ForeignGateways>());
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ILoggerFactory>(new InnerLoggers(loggers, options.OrleansLogLevel, rules));
        builder.Services.AddSingleton<IHostLifetime, InnerLifetime>();
        builder.Services.AddSingleton<IGatewayListProvider>(new GatewayList(
            gateways, Choice, gateway => _watch.IsAnswering(gateway, GatewayChoice.UnansweredLimit), time, loggers.CreateLogger<GatewayList>()));
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = options.ClusterId;
                cluster.ServiceId = options.ServiceId;
            });
            client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(connection =>
            {
                // The watch first, next to the wire: a gateway that hangs leaves the handshake unanswered too.
                _watch.Watch(connection);
                if (options.Tls is { } tls)
                {
                    connection.UseMiddleware(TlsMiddleware.OfCaller(
                        new TlsFiles(tls, $"{nameof(CircuitBreakerClientOptions)}.{nameof(CircuitBreakerClientOptions.Tls)}.", isSilo: false, time, loggers.CreateLogger<TlsFiles>()),
                        time,
                        loggers.CreateLogger<TlsMiddleware>()));
                }

                foreign.Watch(connection);
            }));
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = RefreshPeriod);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
            client.UseConnectionRetryFilter(retry);
            client.AddClusterConnectionLostHandler((_, _) => changed());
            client.AddGatewayCountChangedHandler((_, _) => changed());
        });
        return builder.Build();
    }
}
