using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Edge;
using TaskerCore.Orleans.Grains.Hosting;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Grains.Metrics;

namespace TaskerCore.Orleans.Grains.Setup;

/// <summary>What the grains of one silo share.</summary>
internal static class GrainServices
{
    /// <summary>Adds it, all but the store.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="key">What snapshots are sealed with, the same on every silo.</param>
    /// <param name="commandsFromWorkers">Whether workers may give operator commands.</param>
    /// <param name="local">This silo's own settings.</param>
    public static IServiceCollection AddBreakerGrains(this IServiceCollection services, byte[] key, bool commandsFromWorkers, LocalConfiguration local) =>
        services.AddBreakerGrains(_ => key, _ => commandsFromWorkers, _ => local);

    /// <summary>Adds it with settings that are known when the silo starts.</summary>
    public static IServiceCollection AddBreakerGrains(
        this IServiceCollection services,
        Func<IServiceProvider, byte[]> key,
        Func<IServiceProvider, bool> commandsFromWorkers,
        Func<IServiceProvider, LocalConfiguration> local) => services
        .AddMetrics()
        .AddKeyedSingleton<TimeProvider>(
            TimeProviderNames.Membership, static (provider, _) => new MembershipClock(provider.GetService<TimeProvider>() ?? TimeProvider.System))
        .AddSingleton<SiloWatch>()
        .AddSingleton<SiloMetrics>()
        .AddSingleton<ConfigurationMetrics>()
        .AddSingleton(provider => new SnapshotSealer(key(provider)))
        .AddSingleton(provider => SiloPass.From(key(provider)))
        .AddSingleton(provider => new CallGuard(
            provider.GetRequiredService<SiloPass>(), commandsFromWorkers(provider), provider.GetRequiredService<ILogger<CallGuard>>()))
        .AddSingleton(provider => new ForeignWorkers(
            provider.GetRequiredService<IOptions<ClusterOptions>>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<ForeignWorkers>>()))

        // After whatever else is configured, TLS above all: what comes later is nearer to Orleans.
        .PostConfigure<SiloConnectionOptions>(static options => options.ConfigureGatewayInboundConnection(static connections =>
            connections.ApplicationServices.GetRequiredService<ForeignWorkers>().Watch(connections)))
        .AddSingleton(local);

    /// <summary>Makes the silo's instruments, which else its first breaker makes: one that holds nothing yet says so.</summary>
    public static void StartBreakerMetrics(this IServiceProvider services)
    {
        services.GetRequiredService<SiloMetrics>();
        services.GetRequiredService<ConfigurationMetrics>();
    }
}
