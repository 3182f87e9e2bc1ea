using System.Security.Cryptography;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Serialization;
using TaskerCore.Orleans.Configuration;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Setup;
using TaskerCore.Orleans.Silo.Lifecycle;
using TaskerCore.Orleans.Silo.Logging;
using TaskerCore.Orleans.Silo.Postgres;
using TaskerCore.Orleans.Silo.Settings;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Runs the Orleans silo in a host of its own beside the HTTP API: so that liveness and the reasons for not being ready can be
/// asked while it still waits for Postgres.</summary>
internal sealed partial class SiloRunner(
    SiloSettings settings,
    SiloEndpoints endpoints,
    ConfigurationLoader loader,
    LatestConfiguration configuration,
    LocalConfiguration local,
    SiloConnection connection,
    Readiness readiness,
    TimeProvider time,
    ILoggerFactory loggers,
    IHostApplicationLifetime lifetime,
    SiloDatabase? postgres = null,
    TlsFiles? tls = null) : BackgroundService
{
    // How long a silo that is asked to stop while it joins may take to finish what it began: only one that has joined can leave.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // Between two attempts to join where Postgres failed in between.
    private static readonly TimeSpan JoinAgain = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = loggers.CreateLogger<SiloRunner>();
    private IHost? _silo;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        readiness.Reason = "the silo is stopping";
        await base.StopAsync(cancellationToken);
        connection.Client = null;
        connection.Membership = null;
        if (_silo is { } silo)
        {
            await silo.StopAsync(cancellationToken);
            silo.Dispose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // The HTTP API listens by then: a port that is taken there is noticed before the silo joins, and nothing ends the host while it starts.
            await StartedAsync(stoppingToken);
            await ServeAsync(await JoinAsync(stoppingToken), stoppingToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException || stoppingToken.IsCancellationRequested)
        {
            // What a silo throws that is stopped while it joins is of many kinds.
            if (_silo is not null)
            {
                LogStopping();
            }
        }
        catch (Exception exception)
        {
            readiness.Fail("the silo cannot run");
            LogCannotRun(IsForTheOperator(exception) ? exception.Message : $"{exception.GetType().Name}: {StartFault.Line(exception)}");
            if (!IsForTheOperator(exception))
            {
                LogTrace(exception);
            }

            lifetime.StopApplication();
        }
    }

    /// <summary>Whether the message is written for the operator; of any other exception the type matters too.</summary>
    private static bool IsForTheOperator(Exception exception) =>
        exception is PortUnavailableException or SchemaTooNewException or SnapshotKeyException or NotSupportedException;

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Does something that a stop lets end, for a while.</summary>
    private async Task WithGraceAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        using var giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var stopping = stoppingToken.Register(() => giveUp.CancelAfter(Grace));
        await work(giveUp.Token);
        stoppingToken.ThrowIfCancellationRequested();
    }

    /// <summary>Joins the cluster; again from the start where Postgres fails meanwhile.</summary>
    private async Task<IHost> JoinAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var key = await SnapshotKeyAsync(stoppingToken);
            PortCheck.ThrowIfTaken(endpoints.Silo, "Silo:SiloPort");
            PortCheck.ThrowIfTaken(endpoints.Gateway, "Silo:GatewayPort");
            connection.Pass = SiloPass.From(key);
            var siloLoggers = new SiloLoggers(new OrleansLoggers(loggers, time));
            var silo = Build(key, siloLoggers);
            try
            {
                readiness.Reason = "the silo is joining the cluster";
                await WithGraceAsync(
                    async token =>
                    {
                        await using var givenUp = token.Register(siloLoggers.Silence);
                        await silo.StartAsync(token);
                        _silo = silo;
                    },
                    stoppingToken);
                return silo;
            }
            catch (Exception exception) when (_silo is null)
            {
                Abandon(silo);
                if (stoppingToken.IsCancellationRequested || PostgresGate.FaultIn(exception) is not { } fault)
                {
                    throw;
                }

                readiness.Reason = "waiting for Postgres: " + fault;
                LogJoinFailed(fault);
            }

            await Task.Delay(JoinAgain, time, stoppingToken);
        }
    }

    /// <summary>Releases a silo that did not come up.</summary>
    private void Abandon(IHost silo)
    {
        try
        {
            silo.Dispose();
        }
        catch (Exception exception)
        {
            // Its parts do not all expect to be disposed half-started, and nobody uses them any more.
            LogNotReleased(exception);
        }
    }

    private async Task ServeAsync(IHost silo, CancellationToken stoppingToken)
    {
        var client = silo.Services.GetRequiredService<IClusterClient>();
        silo.Services.StartBreakerMetrics();
        var entry = new ClusterEntry(client, connection.Pass!, time, loggers.CreateLogger<ClusterEntry>());
        entry.Rehearse(silo.Services.GetRequiredService<SnapshotSealer>(), silo.Services.GetRequiredService<Serializer>());
        connection.Client = client;
        connection.Membership = silo.Services.GetRequiredService<IClusterMembershipService>();
        local.Silo = silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.ToString();
        await WithGraceAsync(token => OfferAsync(entry, edited: false, token), stoppingToken);
        readiness.Reason = null;
        LogReady(endpoints.Silo.ToString(), endpoints.Gateway.ToString());
        var waking = WithGraceAsync(entry.WakeAsync, stoppingToken);
        var reporting = entry.ReportAsync(local, stoppingToken);
        try
        {
            await FollowFilesAsync(entry, stoppingToken);
        }
        finally
        {
            // A call that is under way when the silo stops is answered by an error, and logged as one.
            await Task.WhenAll(waking, reporting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                local.Current = SiloConfigurations.Own(changed);
                return OfferAsync(entry, edited: true, cancellationToken);
            },
            refused =>
            {
                configuration.Refused = refused;
                local.Refused = refused is null ? null : SiloConfigurations.Refusal(refused);
            },
            cancellationToken);
    }

    private Task OfferAsync(ClusterEntry entry, bool edited, CancellationToken cancellationToken) => entry.OfferAsync(
        local, edited, $"edit {string.Join(" or ", configuration.Current.Files)} (a comment is enough) and save it while the silo runs", cancellationToken);

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

    private IHost Build(byte[] key, SiloLoggers siloLoggers)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ILoggerFactory>(siloLoggers);
        builder.Services.AddBreakerGrains(key, settings.CommandsFromWorkers, local);
        builder.Services.AddSingleton<IHostLifetime, InnerLifetime>();
        builder.Services.AddSingleton<IFatalErrorHandler>(new FatalEnd(loggers, Environment.Exit, lifetime.ApplicationStopping));
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
                silo.UsePostgres(postgres, time);
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

    [LoggerMessage(EventIds.SiloReady, LogLevel.Information, "Silo ready. Silo port {Silo}, gateway port {Gateway}")]
    private partial void LogReady(string silo, string gateway);

    [LoggerMessage(EventIds.SiloEmbedded, LogLevel.Warning, "ConnectionStrings:Postgres is not set: this silo runs alone and in memory. Its state is lost when it stops")]
    private partial void LogEmbedded();

    [LoggerMessage(EventIds.SiloTrace, LogLevel.Debug, "Details of the silo's failure")]
    private partial void LogTrace(Exception exception);

    [LoggerMessage(EventIds.SiloCannotRun, LogLevel.Critical, "The silo cannot run: {Reason}")]
    private partial void LogCannotRun(string reason);

    [LoggerMessage(EventIds.SiloStopping, LogLevel.Information, "The silo is leaving the cluster")]
    private partial void LogStopping();

    [LoggerMessage(EventIds.SiloJoinFailed, LogLevel.Warning, "The silo could not join the cluster; retrying: {Reason}")]
    private partial void LogJoinFailed(string reason);

    [LoggerMessage(EventIds.SiloNotReleased, LogLevel.Debug, "Resources of a silo that failed to start were not released")]
    private partial void LogNotReleased(Exception exception);
}
