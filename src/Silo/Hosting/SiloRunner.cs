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
using TaskerCore.Orleans.Grains.Rehearsal;
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
    private static readonly TimeSpan OfferRetry = TimeSpan.FromSeconds(1);

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
            _silo = Build(key, connection.Pass);
            readiness.Reason = "the silo is joining the cluster";
            await _silo.StartAsync(stoppingToken);
            _isRunning = true;
            Rehearse(_silo.Services);
            var client = _silo.Services.GetRequiredService<IClusterClient>();
            connection.Client = client;
            connection.Membership = _silo.Services.GetRequiredService<IClusterMembershipService>();
            await OfferAsync(client, configuration.Current, edited: false, stoppingToken);
            readiness.Reason = null;
            LogReady(endpoints.Silo.ToString(), endpoints.Gateway.ToString());
            WakeAsync(client).Ignore();
            await FollowFilesAsync(client, stoppingToken);
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

    private void Rehearse(IServiceProvider services)
    {
        try
        {
            new SiloRehearsal(services.GetRequiredService<SnapshotSealer>(), services.GetRequiredService<Serializer>(), OrleansSetup.MakeSerializer()).Play();
        }
        catch (Exception exception)
        {
            // Nothing depends on it but how fast the first circuit opens.
            LogNotRehearsed(exception);
        }
    }

    /// <summary>Passes on each good change of the files, until cancelled.</summary>
    private async Task FollowFilesAsync(IClusterClient client, CancellationToken cancellationToken)
    {
        var watcher = new ConfigurationWatcher(loader, time, loggers.CreateLogger<ConfigurationWatcher>());
        await watcher.RunAsync(
            configuration.Current,
            changed =>
            {
                configuration.Current = changed;
                _local.Current = changed.Configuration;
                return OfferAsync(client, changed, edited: true, cancellationToken);
            },
            cancellationToken);
    }

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

    private IHost Build(byte[] key, SiloPass pass)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(new SnapshotSealer(key));
        builder.Services.AddSingleton(new CallGuard(pass, settings.CommandsFromWorkers, loggers.CreateLogger<CallGuard>()));
        builder.Services.AddSingleton(_local);
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

    /// <summary>Tells the cluster of this silo's settings until it has answered (S18).</summary>
    private async Task OfferAsync(IClusterClient client, LoadedConfiguration loaded, bool edited, CancellationToken cancellationToken)
    {
        var offer = new ConfigurationOffer { Configuration = loaded.Configuration, ContentHash = loaded.ContentHash, Edited = edited };
        while (true)
        {
            try
            {
                var answer = await client.Directory().OfferConfigurationAsync(offer, connection.Pass);
                if (answer.InForce)
                {
                    LogInForce(answer.Version);
                }
                else
                {
                    LogSuperseded(string.Join(", ", loaded.Files), answer.Version);
                }

                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogOfferFailed(exception);
            }

            await Task.Delay(OfferRetry, time, cancellationToken);
        }
    }

    /// <summary>Wakes what is stored, so that an open circuit goes on to probe without traffic (S4).</summary>
    private async Task WakeAsync(IClusterClient client)
    {
        try
        {
            LogAwake(await client.Directory().WakeAllAsync(connection.Pass));
        }
        catch (Exception exception)
        {
            // The hubs of connected workers call each breaker that is not closed, too.
            LogNotAwake(exception);
        }
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

    [LoggerMessage(11, LogLevel.Critical, "The silo cannot run: {Reason}")]
    private partial void LogCannotRun(string reason);

    [LoggerMessage(4, LogLevel.Information, "This silo's settings are in force in the cluster, as version {Version}")]
    private partial void LogInForce(long version);

    [LoggerMessage(5, LogLevel.Warning,
        "This silo's settings ({Files}) were superseded while it was away; the cluster keeps version {Version}. To apply them on purpose, edit and save the file while the silo runs")]
    private partial void LogSuperseded(string files, long version);

    [LoggerMessage(6, LogLevel.Warning, "The cluster was not told of this silo's settings yet; trying again")]
    private partial void LogOfferFailed(Exception exception);

    [LoggerMessage(7, LogLevel.Information, "{Count} breakers are awake")]
    private partial void LogAwake(int count);

    [LoggerMessage(8, LogLevel.Warning, "Not every stored breaker could be woken; their workers will")]
    private partial void LogNotAwake(Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "The rehearsal of a breaker's life failed; the first circuit that opens will be slower for it")]
    private partial void LogNotRehearsed(Exception exception);

    [LoggerMessage(9, LogLevel.Information, "The silo is leaving the cluster")]
    private partial void LogStopping();
}
