using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Grains.Hosting;

namespace TaskerCore.Orleans.Grains.Tests.Hosting;

/// <summary>Orleans' watchdog compares a timestamp that it has not set yet; with this clock that is no false alarm.</summary>
public sealed class MembershipClockTests
{
    private static readonly TimeSpan Uptime = TimeSpan.FromDays(3);

    [Fact]
    public void A_timestamp_that_was_never_set_is_as_old_as_the_silo_and_not_as_the_machine()
    {
        var machine = new FakeTimeProvider();
        machine.Advance(Uptime);
        var clock = new MembershipClock(machine);

        machine.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(TimeSpan.FromSeconds(1.5), clock.GetElapsedTime(0));
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
    }

    [Fact]
    public void A_check_that_stalls_still_shows()
    {
        var machine = new FakeTimeProvider();
        var clock = new MembershipClock(machine);
        machine.Advance(TimeSpan.FromSeconds(1));
        var lastCheck = clock.GetTimestamp();

        machine.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(TimeSpan.FromMinutes(2), clock.GetElapsedTime(lastCheck));
    }

    [Fact]
    public void Timers_are_those_of_the_clock_below()
    {
        var machine = new FakeTimeProvider();
        var fired = 0;
        using var timer = new MembershipClock(machine).CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        machine.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(2, fired);
    }

    [Fact]
    public void A_silo_of_ones_own_that_holds_the_breakers_has_it_too()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddCircuitBreakerGrains(breakers => breakers.SnapshotKey = new byte[32]));
        using var host = builder.Build();

        Assert.IsType<MembershipClock>(host.Services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Membership));
    }
}
