using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>Breakers that are added to an application's own Orleans cluster, which does not know the grains, in a process that
/// has used clusters that do.</summary>
public sealed class OwnClusterTests
{
    private const string Remedy = "This cluster has no breaker grains: call AddCircuitBreakerGrains on its silos";

    [Theory]
    [InlineData(false, "this silo")]
    [InlineData(true, "the gateways 127.0.0.1:")]
    public async Task A_cluster_without_breaker_grains_is_named_once_and_queries_say_so_at_once(bool byGateway, string way)
    {
        await UseAClusterThatKnowsTheGrainsAsync();
        var (siloPort, gatewayPort) = (FreePort.Next(), FreePort.Next());
        using var log = new LogLines();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.None).AddFilter("Polly", LogLevel.None).AddProvider(log);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort, null, "mine", "mine"));
        builder.Services.AddCircuitBreakers(options =>
        {
            (options.ClusterId, options.ServiceId) = ("mine", "mine");
            if (byGateway)
            {
                options.Gateways.Add($"127.0.0.1:{gatewayPort}");
            }
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        host.Services.GetRequiredService<ICircuitBreakerManager>().Get("orders");
        await Until.TrueAsync(() => log.With(Remedy).Count > 0, () => string.Join(Environment.NewLine, log.All), seconds: 60);
        var begin = TimeProvider.System.GetTimestamp();
        var fault = await Assert.ThrowsAsync<ClusterUnavailableException>(() => host.Services.GetRequiredService<IBreakerClusterQueries>().ListAsync());

        Assert.InRange(TimeProvider.System.GetElapsedTime(begin).TotalSeconds, 0, 5);
        Assert.Contains(Remedy, fault.Message, StringComparison.Ordinal);
        Assert.Contains(way, fault.Message, StringComparison.Ordinal);
        Assert.Single(log.With(Remedy));
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(log.All, line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }

    /// <summary>What is known of grains after that is of that cluster.</summary>
    private static async Task UseAClusterThatKnowsTheGrainsAsync()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await rig.StartReadySiloAsync();
        var worker = await rig.StartWorkerAsync("other", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
    }
}
