using System.Security.Cryptography;
using Npgsql;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Setup;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.Silo.Postgres;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Runs the Orleans silo in a host of its own beside the HTTP API: so that liveness and the reasons for not being ready can be
/// asked while it still waits for Postgres.</summary>
internal sealed partial class SiloRunner(
    SiloSettings settings,
    SiloEndpoints endpoints,
    ConfigurationLoader loader,
    LatestConfiguration configuration,
    SiloConnection connection,
    Readiness readiness,
    TimeProvider time,
    ILoggerFactory loggers,
    IHostApplicationLifetime lifetime,
    NpgsqlDataSource? postgres = null,
    TlsFiles? tls = null) : BackgroundService
{
    private readonly ILogger _logger = loggers.CreateLogger<SiloRunner>();
    private readonly LocalConfiguration _local = new(configuration.Current.Configuration);
    private IHost? _silo;
    private bool _isRunning;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        readiness.Reason = "the silo is stopping";
        await base.StopAsync(cancellationToken);
        connection.Client = null;
        connection.Membership = null;
        if (_silo is null)
        {
            return;
        }

        // One that never came up refuses to be stopped.
        if (_isRunning)
        {
            await _silo.StopAsync(cancellationToken);
        }

        _silo.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            var key = await SnapshotKeyAsync(stoppingToken);
            PortCheck.ThrowIfTaken(endpoints.Silo, "Silo:SiloPort");
            PortCheck.ThrowIfTaken(endpoints.Gateway, "Silo:GatewayPort");
            connection.Pass = SiloPass.From(key);
            _silo = Build(key);
            readiness.Reason = "the silo is joining the cluster";
            await _silo.StartAsync(stoppingToken);
            _isRunning = true;
            var client = _silo.Services.GetRequiredService<IClusterClient>();
            _silo.Services.StartBreakerMetrics();
            var entry = new ClusterEntry(client, connection.Pass, time, loggers.CreateLogger<ClusterEntry>());
            entry.Rehearse(_silo.Services.GetRequiredService<SnapshotSealer>(), _silo.Services.GetRequiredService<Serializer>());
            connection.Client = client;
            connection.Membership = _silo.Services.GetRequiredService<IClusterMembershipService>();
            await OfferAsync(entry, edited: false, stoppingToken);
            readiness.Reason = null;
            LogReady(endpoints.Silo.ToString(), endpoints.Gateway.ToString());
            entry.WakeAsync(stoppingToken).Ignore();
            await FollowFilesAsync(entry, stoppingToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException || stoppingToken.IsCancellationRequested)
        {
            // What a silo throws that is stopped while it joins is of many kinds.
            LogStopping();
        }
        catch (Exception exception)
        {
            readiness.Fail("the silo cannot run");
            if (exception is PortUnavailableException or SchemaTooNewException or NotSupportedException)
            {
                // What an operator has to mend: a stack trace would bury it.
                LogCannotRun(exception.Message);
            }
            else
            {
                LogFailed(exception);
            }

            lifetime.StopApplication();
        }
    }

    /// <summary>Passes on each good change of the files, until cancelled.</summary>
    private async Task FollowFilesAsync(ClusterEntry entry, CancellationToken cancellationToken)
    {
        var watcher = new ConfigurationWatcher(loader, time, loggers.CreateLogger<ConfigurationWatcher>());
        await watcher.RunAsync(
            configuration.Current,
            changed =>
            {
                configuration.Current = changed;
                _local.Current = changed.Configuration;
                return OfferAsync(entry, edited: true, cancellationToken);
            },
            cancellationToken);
    }

    private Task OfferAsync(ClusterEntry entry, bool edited, CancellationToken cancellationToken) => entry.OfferAsync(
        configuration.Current.Configuration, edited, $"edit {string.Join(" or ", configuration.Current.Files)}, if only a comment, and save it while the silo runs", cancellationToken);

    private async Task<byte[]> SnapshotKeyAsync(CancellationToken cancellationToken)
    {
        if (postgres is null)
        {
            LogEmbedded();
            return endpoints.SnapshotKey ?? RandomNumberGenerator.GetBytes(32);
        }

        var gate = new PostgresGate(
            new SchemaMigrator(postgres, loggers.CreateLogger<SchemaMigrator>()),
            new SnapshotKeyStore(postgres),
            time,
            reason => readiness.Reason = reason,
            loggers.CreateLogger<PostgresGate>());
        var stored = await gate.PassAsync(cancellationToken);
        return endpoints.SnapshotKey ?? stored;
    }

    private IHost Build(byte[] key)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ILoggerFactory>(new OrleansLoggers(loggers, time));
        builder.Services.AddBreakerGrains(key, settings.CommandsFromWorkers, _local);
        builder.Services.AddSingleton<IHostLifetime, InnerLifetime>();
        builder.UseOrleans(silo =>
        {
            silo.UseCommon(settings, endpoints);
            if (tls is not null)
            {
                silo.UseTls(tls, time, loggers);
            }

            if (postgres is null)
            {
                silo.UseEmbedded(endpoints);
            }
            else
            {
                silo.UsePostgres(postgres);
            }
        });
        return builder.Build();
    }

    /// <summary>The outer host hears the signals and says that it runs; the silo's says nothing.</summary>
    private sealed class InnerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "The silo serves: silos at {Silo}, workers at {Gateway}")]
    private partial void LogReady(string silo, string gateway);

    [LoggerMessage(2, LogLevel.Warning, "No ConnectionStrings:Postgres is set: one silo alone, in memory. Nothing survives its end")]
    private partial void LogEmbedded();

    [LoggerMessage(3, LogLevel.Critical, "The silo cannot run")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(4, LogLevel.Critical, "The silo cannot run: {Reason}")]
    private partial void LogCannotRun(string reason);

    [LoggerMessage(5, LogLevel.Information, "The silo is leaving the cluster")]
    private partial void LogStopping();
}
