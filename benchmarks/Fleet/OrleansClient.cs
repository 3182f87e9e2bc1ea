using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace TaskerCore.Orleans.Benchmarks.Fleet;

/// <summary>An Orleans client by itself.</summary>
internal static class OrleansClient
{
    /// <summary>Connects one to the gateways, in a host of its own.</summary>
    public static async Task<IHost> ConnectAsync(
        IEnumerable<string> gateways, Action<IClientBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("taskercore", "taskercore"));
            client.UseStaticClustering([.. gateways.Select(System.Net.IPEndPoint.Parse)]);
            configure?.Invoke(client);
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }
}
