using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Storage;
using TaskerCore.Orleans.Silo.Postgres;
using TaskerCore.Orleans.Silo.Settings;
using TaskerCore.Orleans.Tls;

namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>How Orleans is set up: membership, directory, storage, and how soon a dead silo is noticed.</summary>
internal static class OrleansSetup
{
    private const string Npgsql = "Npgsql";
    private const string Unbounded = "postgres";

    /// <summary>What holds with and without Postgres.</summary>
    public static ISiloBuilder UseCommon(this ISiloBuilder silo, SiloSettings settings, SiloEndpoints endpoints)
    {
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = settings.ClusterId;
            cluster.ServiceId = settings.ServiceId;
        });
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = endpoints.Advertised;
            options.SiloPort = settings.SiloPort;
            options.GatewayPort = settings.GatewayPort;
            options.SiloListeningEndpoint = endpoints.Silo;
            options.GatewayListeningEndpoint = endpoints.Gateway;
        });

        // A killed silo refuses connections, and is declared dead after three probes, which come at half this time. Where every silo was
        // killed at once nobody is left to declare them dead: a silo that joins does it once their signs of life in the table are stale.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(0.6);
            membership.NumMissedProbesLimit = 3;

            // A silo whose connection is still there, because it hangs or its network loses packets, is not declared dead for as long as
            // this, times three, after its last message: a pause of 2 s kills nobody. By Orleans' default that takes 12 s.
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumVotesForDeathDeclaration = 1;
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedTableIAmAliveLimit = 3;

            // A silo that was frozen, declared dead, and goes on, need not be told so by the others: it may only read it. By Orleans' default it
            // would serve the workers that are still connected to it for up to a minute.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        });
        // No lease on a dead silo's grains: it would hold back a breaker's new activation for many seconds, to rule out a second one.
        // Two activations of one breaker end as one history anyway (C9).
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        silo.AddDistributedGrainDirectory();
        return silo;
    }

    /// <summary>TLS on both ports, and to other silos.</summary>
    public static ISiloBuilder UseTls(this ISiloBuilder silo, TlsFiles files, TimeProvider time, ILoggerFactory loggers) =>
        silo.Configure<SiloConnectionOptions>(connections =>
        {
            var logger = loggers.CreateLogger<TlsMiddleware>();
            connections.ConfigureGatewayInboundConnection(connection => connection.UseMiddleware(TlsMiddleware.OfGateway(files, time, logger)));
            connections.ConfigureSiloInboundConnection(connection => connection.UseMiddleware(TlsMiddleware.OfSiloPort(files, time, logger)));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseMiddleware(TlsMiddleware.OfCaller(files, time, logger)));
        });

    /// <summary>Membership and storage in Postgres.</summary>
    public static ISiloBuilder UsePostgres(this ISiloBuilder silo, SiloDatabase database, TimeProvider time)
    {
        var source = new OrleansDataSource(database, time);
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = Npgsql;
            clustering.DataSource = source;
        });
        silo.AddAdoNetGrainStorage(Unbounded, storage =>
        {
            storage.Invariant = Npgsql;
            storage.DataSource = source;
            storage.GrainStorageSerializer = RowSerializer.Make();
        });
        silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Rows, (services, _) =>
            new BoundedGrainStorage(services.GetRequiredKeyedService<IGrainStorage>(Unbounded), database.RowsAtOnce));
        return silo;
    }

    /// <summary>One silo by itself, with nothing that outlives it.</summary>
    public static ISiloBuilder UseEmbedded(this ISiloBuilder silo, SiloEndpoints endpoints)
    {
        silo.UseDevelopmentClustering(new System.Net.IPEndPoint(endpoints.Advertised, endpoints.Silo.Port));
        silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Rows, new InProcessStorage(RowSerializer.Make()));
        return silo;
    }
}
