using Microsoft.Extensions.DependencyInjection;
using TaskerCore.Orleans.Grains.Hosting;
using TaskerCore.Orleans.Grains.Metrics;

namespace TaskerCore.Orleans.Grains;

/// <summary>What the grains of one silo share.</summary>
internal static class GrainServices
{
    public static IServiceCollection AddBreakerGrains(this IServiceCollection services) =>
        services.AddMetrics().AddSingleton<SiloWatch>().AddSingleton<SiloMetrics>();
}
