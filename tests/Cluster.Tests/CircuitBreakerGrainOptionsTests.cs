using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Grains;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The options of the breakers in a silo of one's own.</summary>
public sealed class CircuitBreakerGrainOptionsTests
{
    [Fact]
    public async Task A_key_that_is_missing_or_short_and_settings_out_of_range_are_told_before_the_silo_starts()
    {
        Assert.Contains("SnapshotKey must have at least 16 bytes", Assert.Single(await FaultsAsync(_ => { })), StringComparison.Ordinal);

        var both = await FaultsAsync(breakers =>
        {
            breakers.SnapshotKey = new byte[15];
            breakers.Configuration = new CircuitBreakerConfiguration { Default = new BreakerSettings { FailureThreshold = 0 } };
        });

        Assert.Equal(2, both.Length);
        Assert.Contains("SnapshotKey must have at least 16 bytes", both[0], StringComparison.Ordinal);
        Assert.Contains("Configuration has", both[1], StringComparison.Ordinal);

        static async Task<string[]> FaultsAsync(Action<CircuitBreakerGrainOptions> configure)
        {
            var ports = FreePort.Several(2);
            var builder = new HostApplicationBuilder();
            builder.Logging.ClearProviders();
            builder.UseOrleans(silo => silo.UseLocalhostClustering(ports[0], ports[1]).AddCircuitBreakerGrains(configure));
            using var host = builder.Build();
            return [.. (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Failures];
        }
    }
}
