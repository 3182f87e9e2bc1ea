using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.TestingHost;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Setup;
using TaskerCore.Orleans.Grains.Storage;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>Silos in this process, and workers that connect to them.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private readonly List<Worker> _workers = [];

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
        short silos, BreakerSettings settings, IReadOnlyList<string>? components = null, bool commandsFromWorkers = true)
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
                Global = new GlobalSettings { MinStateTransitionInterval = TimeSpan.Zero },
                Default = settings,
                Components = (components ?? ["pgmq"]).ToImmutableSortedDictionary(component => component, _ => settings, StringComparer.Ordinal),
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
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IClusterClient>(Cluster.Client);
        builder.Services.AddCircuitBreakers(options => options.WorkerName = name);
        var worker = new Worker(builder.Build());
        _workers.Add(worker);
        await worker.StartAsync();
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
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

internal sealed class Worker(IHost host) : IAsyncDisposable
{
    private bool _isDisposed;

    public ICircuitBreaker Breaker(string component = "pgmq") => host.Services.GetRequiredService<ICircuitBreakerManager>().Get(component);

    public IBreakerClusterQueries Queries => host.Services.GetRequiredService<IBreakerClusterQueries>();

    public IBreakerClusterCommands Commands => host.Services.GetRequiredService<IBreakerClusterCommands>();

    public Task StartAsync() => host.StartAsync();

    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await host.StopAsync();
            host.Dispose();
        }
    }
}
