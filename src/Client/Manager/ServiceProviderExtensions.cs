using Microsoft.Extensions.DependencyInjection;

namespace TaskerCore.Orleans.Client;

/// <summary>Finds this worker's breakers among its services.</summary>
internal static class ServiceProviderExtensions
{
    /// <summary>The worker's breakers, for a method that needs them.</summary>
    /// <exception cref="InvalidOperationException">They were not added.</exception>
    public static ICircuitBreakerManager GetBreakers(this IServiceProvider services, string asker) =>
        services.GetService<ICircuitBreakerManager>() ?? throw new InvalidOperationException(
            $"{asker} needs the worker's circuit breakers: add them to the same services with services.AddCircuitBreakers(...).");
}
