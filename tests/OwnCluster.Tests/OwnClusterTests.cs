using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.OwnCluster.Tests;

/// <summary>Breakers that are added to an application's own Orleans cluster, which does not know the grains. A process of its own: no
/// other test has loaded anything of a cluster that knows them.</summary>
public sealed class OwnClusterTests
{
    private const string Remedy = "This cluster has no breaker grains: call AddCircuitBreakerGrains on its silos";

    [Theory]
    [InlineData(false, "this silo")]
    [InlineData(true, "the gateways 127.0.0.1:")]
    public async Task A_cluster_without_breaker_grains_is_named_once_and_queries_say_so_at_once(bool byGateway, string way)
    {
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
        await Waiting.UntilAsync(() => Task.FromResult(log.With(Remedy).Count > 0), () => string.Join(Environment.NewLine, log.All), TimeSpan.FromSeconds(60));
        var begin = TimeProvider.System.GetTimestamp();
        var fault = await Assert.ThrowsAsync<ClusterUnavailableException>(() => host.Services.GetRequiredService<IBreakerClusterQueries>().ListAsync());

        Assert.InRange(TimeProvider.System.GetElapsedTime(begin).TotalSeconds, 0, 5);
        Assert.Contains(Remedy, fault.Message, StringComparison.Ordinal);
        Assert.Contains(way, fault.Message, StringComparison.Ordinal);
        Assert.Single(log.With(Remedy));
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(log.All, line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }
}
