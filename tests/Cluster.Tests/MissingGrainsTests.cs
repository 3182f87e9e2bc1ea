using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>Breakers that are added to an application's own Orleans cluster, whose silos have the grains' package and were not told to use it.</summary>
public sealed class MissingGrainsTests
{
    private const string Remedy = "This cluster has no breaker grains: call AddCircuitBreakerGrains on its silos";

    [Theory]
    [InlineData(false, "this silo")]
    [InlineData(true, "the gateways 127.0.0.1:")]
    public async Task Grains_that_were_not_added_are_named_once_and_queries_say_so_at_once(bool byGateway, string way)
    {
        var ports = FreePort.Several(2);
        using var log = new LogLines();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.None).AddFilter("Polly", LogLevel.None).AddProvider(log);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(ports[0], ports[1], null, "mine", "mine"));
        builder.Services.AddCircuitBreakers(options =>
        {
            (options.ClusterId, options.ServiceId) = ("mine", "mine");
            if (byGateway)
            {
                options.Gateways.Add($"127.0.0.1:{ports[1]}");
            }
        });
        using var host = builder.Build();
        await host.StartAsync();
        host.Services.GetRequiredService<ICircuitBreakerManager>().Get("orders");
        var queries = host.Services.GetRequiredService<IBreakerClusterQueries>();

        await Until.TrueAsync(() => log.With(Remedy).Count > 0);
        var fault = await Assert.ThrowsAsync<ClusterUnavailableException>(() => queries.ListAsync());

        Assert.Contains(Remedy, fault.Message, StringComparison.Ordinal);
        Assert.Contains(way, fault.Message, StringComparison.Ordinal);
        Assert.Contains(Remedy, (await Assert.ThrowsAsync<ClusterUnavailableException>(() => host.Services.GetRequiredService<IBreakerClusterCommands>()
            .CommandAsync("orders", new() { Kind = CommandKind.Reset, Reason = "drill", Actor = "ops" }))).Message, StringComparison.Ordinal);
        Assert.Single(log.With(Remedy));
        await host.StopAsync();
        Assert.DoesNotContain(log.All, line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }
}
