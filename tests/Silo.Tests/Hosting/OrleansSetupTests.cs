using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using TaskerCore.Orleans.Silo.Hosting;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Tests.Hosting;

public sealed class OrleansSetupTests
{
    [Fact]
    public void A_silo_that_hangs_is_given_up_within_5_s_and_one_that_pauses_for_2_s_is_not()
    {
        var settings = new SiloSettings();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo.UseCommon(settings, settings.Resolve()));
        using var host = builder.Build();

        var membership = host.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;

        // For as long after a silo's last message nobody votes against it while its connection is there.
        var protectedFor = membership.MaxProbeTimeout * membership.NumMissedProbesLimit;
        Assert.InRange(protectedFor, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
    }
}
