using System.Collections.Immutable;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Configuration;

/// <summary>S15: which settings a component has.</summary>
public sealed class CircuitBreakerConfigurationTests
{
    private static readonly CircuitBreakerConfiguration Configuration = new()
    {
        Default = new BreakerSettings { FailureThreshold = 7 },
        Components = ImmutableSortedDictionary.Create<string, BreakerSettings>(StringComparer.Ordinal)
            .Add("pgmq", new BreakerSettings { FailureThreshold = 3 })
            .Add("pgmq/special", new BreakerSettings { FailureThreshold = 1 }),
    };

    [Theory]
    [InlineData("pgmq", 3, true)]
    [InlineData("pgmq/orders", 3, true)]
    [InlineData("pgmq/orders/eu", 3, true)]
    [InlineData("pgmq/special", 1, true)]
    [InlineData("PGMQ", 7, false)]
    [InlineData("other", 7, false)]
    [InlineData("/pgmq", 7, false)]
    public void S15_a_component_takes_its_own_settings_those_before_the_slash_or_the_default(string component, int threshold, bool configured)
    {
        Assert.Equal(threshold, Configuration.PolicyFor(component).Settings.FailureThreshold);
        Assert.Equal(configured, Configuration.IsConfigured(component));
    }

    [Fact]
    public void C2_either_rate_alone_is_a_rate_rule()
    {
        Assert.False(new BreakerSettings().HasRateRule);
        Assert.True(new BreakerSettings { FailureRateThreshold = 0.5 }.HasRateRule);
        Assert.True(new BreakerSettings { SlowCallRateThreshold = 0.5 }.HasRateRule);
    }

    [Fact]
    public void Breakers_are_switched_on_unless_something_else_is_said()
    {
        Assert.True(new CircuitBreakerConfiguration().Enabled);
        Assert.True(new BreakerPolicy().Enabled);
    }

    [Fact]
    public void The_probe_budget_and_the_lease_have_defaults_that_follow_other_settings()
    {
        var settings = new BreakerSettings { SuccessThreshold = 4, OpenDuration = TimeSpan.FromMilliseconds(10) };

        Assert.Equal((4, TimeSpan.FromSeconds(0.1)), (settings.EffectiveMaxProbes, settings.EffectiveProbeLease));
        Assert.Equal(TimeSpan.FromHours(1), (settings with { OpenDuration = TimeSpan.FromDays(1) }).EffectiveProbeLease);
        Assert.Equal((9, TimeSpan.FromSeconds(2)), ((settings with { HalfOpenMaxProbes = 9 }).EffectiveMaxProbes, (settings with { ProbeLease = TimeSpan.FromSeconds(2) }).EffectiveProbeLease));
    }
}
