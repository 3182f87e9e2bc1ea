using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Setup;
using TaskerCore.Orleans.Grains.Storage;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Cluster;

/// <summary>Silos in this process, and workers that connect to them.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private readonly List<IHost> _workers = [];

    private readonly CallCounter _calls;

    private TestFleet(InProcessTestCluster cluster, SharedStore store, CallCounter calls, SiloPass pass, LogLines refusals) =>
        (Cluster, Store, _calls, Pass, Refusals) = (cluster, store, calls, pass, refusals);

    /// <summary>Calls that workers made to the cluster, of every kind.</summary>
    public long RemoteCalls => Interlocked.Read(ref _calls.Count);

    public InProcessTestCluster Cluster { get; }

    public SharedStore Store { get; }

    /// <summary>What the silos show each other.</summary>
    public SiloPass Pass { get; }

    /// <summary>What the silos say of who called what.</summary>
    public LogLines Refusals { get; }

    public static async Task<TestFleet> StartAsync(
        short silos, BreakerSettings settings, string component = "pgmq", TimeSpan? minInterval = null, bool commandsFromWorkers = true)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        var store = new SharedStore();
        var key = new byte[32];
        new Random(7).NextBytes(key);
        var pass = SiloPass.From(key);
        var refusals = new LogLines();
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddDistributedGrainDirectory();
            silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Rows, store);
            silo.Services.AddBreakerGrains(key, commandsFromWorkers, new LocalConfiguration(new CircuitBreakerConfiguration()));
            silo.Services.AddSingleton<ILogger<CallGuard>>(new LoggerFactory([refusals]).CreateLogger<CallGuard>());
        });
        var calls = new CallCounter();
        builder.ConfigureClient(client => client.AddOutgoingGrainCallFilter(calls));
        var fleet = new TestFleet(builder.Build(), store, calls, pass, refusals);
        await fleet.Cluster.DeployAsync();
        await fleet.OfferAsync(
            new CircuitBreakerConfiguration
            {
                Global = new GlobalSettings { MinStateTransitionInterval = minInterval ?? TimeSpan.Zero },
                Components = ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal).Add(component, settings),
            },
            "first");
        return fleet;
    }

    public async Task OfferAsync(CircuitBreakerConfiguration configuration, string hash, bool edited = true) =>
        await Cluster.Client.GetGrain<IBreakerDirectoryGrain>(GrainKeys.Directory)
            .OfferConfigurationAsync(new ConfigurationOffer { Configuration = configuration, ContentHash = hash, Edited = edited }, Pass);

    public async Task<Worker> StartWorkerAsync(string name)
    {
        var builder = new HostApplicationBuilder();
        builder.Services.AddSingleton<IClusterClient>(Cluster.Client);
        builder.Services.AddCircuitBreakers(options => options.WorkerName = name);
        var host = builder.Build();
        _workers.Add(host);
        await host.StartAsync();
        return new Worker(host);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync();
            worker.Dispose();
        }

        await Cluster.DisposeAsync();
    }

    private sealed class CallCounter : IOutgoingGrainCallFilter
    {
        public long Count;

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            Interlocked.Increment(ref Count);
            return context.Invoke();
        }
    }
}

internal sealed class Worker(IHost host)
{
    public ICircuitBreaker Breaker(string component = "pgmq") => host.Services.GetRequiredService<ICircuitBreakerManager>().Get(component);

    public IBreakerClusterQueries Queries => host.Services.GetRequiredService<IBreakerClusterQueries>();

    public IBreakerClusterCommands Commands => host.Services.GetRequiredService<IBreakerClusterCommands>();

    public Task StopAsync() => host.StopAsync();
}
