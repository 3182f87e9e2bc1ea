using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Gateways;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The hosted service that connects a worker's breakers: what it reports when its host stops.</summary>
[Collection(SharedFleet.Name)]
public sealed class CircuitBreakerServiceTests(SharedFleet shared)
{
    private const string Component = "last-words";

    [Fact]
    public async Task S14_what_a_service_does_until_its_end_is_reported_though_it_stops_after_the_breakers()
    {
        var builder = new HostApplicationBuilder();
        builder.Services.AddHostedService<LastWords>();
        builder.Services.AddSingleton<IClusterClient>(shared.Fleet.Cluster.Client);
        builder.Services.AddCircuitBreakers();
        builder.Services.AddSingleton<IClusterConnection>(_ => new OutlivingConnection(shared.Fleet.Cluster.Client));
        using var host = builder.Build();
        await host.StartAsync();
        await new Worker(host).Breaker(Component).UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);

        await host.StopAsync();

        await using var watcher = await shared.Fleet.StartWorkerAsync("watcher");
        Assert.Equal(LastWords.Calls, (await watcher.Queries.GetAsync(Component))!.Totals.Successes);
    }

    /// <summary>A service that goes on calling while the host stops it.</summary>
    private sealed class LastWords(ICircuitBreakerManager breakers) : IHostedService
    {
        public const int Calls = 17;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            for (var call = 0; call < Calls; call++)
            {
                breakers.Get(Component).Succeed();
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>A connection of the breakers' own, as one by gateways is.</summary>
    private sealed class OutlivingConnection(IClusterClient client) : IClusterConnection
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public IClusterClient Client => client;

        public Task<Serializer?> GetWireAsync() => Task.FromResult<Serializer?>(null);

        public bool EndsWithTheHost => false;

        public string Describe() => "the test's cluster";

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
