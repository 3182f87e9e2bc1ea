using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Core.Internal;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The breakers in a silo of somebody else's, over a store that Orleans ships.</summary>
public sealed class CircuitBreakerSiloBuilderExtensionsTests
{
    [Fact]
    public async Task A_silo_of_ones_own_holds_the_breakers_by_its_settings_and_keeps_them_in_its_store()
    {
        var ports = FreePort.Several(2);
        var builder = new HostApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(ports[0], ports[1])
            .AddMemoryGrainStorage(CircuitBreakerSiloBuilderExtensions.StorageName)
            .AddCircuitBreakerGrains(breakers =>
            {
                breakers.SnapshotKey = new byte[32];
                breakers.CommandsFromWorkers = false;
                breakers.Configuration = new CircuitBreakerConfiguration { Default = new BreakerSettings { FailureThreshold = 2, OpenDuration = TimeSpan.FromHours(1) } };
            }));
        builder.Services.AddCircuitBreakers();
        using var host = builder.Build();
        await host.StartAsync();
        var breaker = host.Services.GetRequiredService<ICircuitBreakerManager>().Get("pgmq");
        await breaker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected && breaker.Snapshot.Policy.Settings.FailureThreshold == 2);

        breaker.Fail();
        breaker.Fail();
        await breaker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        var opened = breaker.Snapshot.Generation;
        var queries = host.Services.GetRequiredService<IBreakerClusterQueries>();
        await Until.TrueAsync(async () => (await queries.GetAsync("pgmq"))!.Stored);

        // The next activation knows it from the store alone.
        await host.Services.GetRequiredService<IGrainFactory>().Breaker("pgmq").AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        var details = (await queries.GetAsync("pgmq"))!;
        Assert.Equal((BreakerState.Open, opened), (details.State, details.Generation));
        Assert.Equal(BreakerState.Open, Assert.Single((await queries.GetHistoryAsync("pgmq"))!).To);

        // No worker may command, and the silo itself may.
        var answer = await host.Services.GetRequiredService<IBreakerClusterCommands>().CommandAsync(
            "pgmq", new OperatorCommand { Kind = CommandKind.Reset, Reason = "drill", Actor = "ops" });
        Assert.Equal((CommandStatus.Applied, BreakerState.Closed), (answer.Status, answer.Breaker!.State));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_store_that_is_missing_is_told()
    {
        var ports = FreePort.Several(2);
        var builder = new HostApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(ports[0], ports[1]).AddCircuitBreakerGrains(breakers => breakers.SnapshotKey = new byte[16]));
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains("No grain storage provider is named 'breakers'", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AddCircuitBreakerGrains_twice_for_one_silo_adds_its_options_up_and_enters_the_cluster_once()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo
            .AddCircuitBreakerGrains(breakers => breakers.SnapshotKey = new byte[16])
            .AddCircuitBreakerGrains(breakers => breakers.CommandsFromWorkers = false));
        using var provider = builder.Services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<CircuitBreakerGrainOptions>>().Value;

        Assert.Equal((16, false), (options.SnapshotKey!.Length, options.CommandsFromWorkers));
        Assert.Single(builder.Services, service => service.ImplementationType?.Name == "ClusterEntryStage");
    }
}
