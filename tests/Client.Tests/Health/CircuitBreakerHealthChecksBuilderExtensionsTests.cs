using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskerCore.Orleans.Client.Tests.Health;

/// <summary>The registration of the health check.</summary>
public sealed class CircuitBreakerHealthChecksBuilderExtensionsTests
{
    [Fact]
    public async Task A_health_check_added_twice_under_one_name_is_refused_by_name_and_under_two_it_is_two()
    {
        var services = new ServiceCollection().AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"));
        services.AddHealthChecks().AddCircuitBreakers().AddCircuitBreakers("second");
        await using var provider = services.BuildServiceProvider();
        Assert.Equal(["circuit_breakers", "second"], (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries.Keys.Order());

        services.AddHealthChecks().AddCircuitBreakers();
        await using var twice = services.BuildServiceProvider();
        Assert.Contains("circuit_breakers", Assert.Throws<ArgumentException>(() => twice.GetRequiredService<HealthCheckService>()).Message, StringComparison.Ordinal);
    }
}
