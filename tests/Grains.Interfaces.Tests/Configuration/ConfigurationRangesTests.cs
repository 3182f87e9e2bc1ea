using System.Collections.Immutable;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Configuration;

/// <summary>S17: what came over the wire is held against the catalogue, whole.</summary>
public sealed class ConfigurationRangesTests
{
    private static readonly BreakerSettings Bad = new() { FailureThreshold = 0 };

    [Fact]
    public void S17_settings_within_their_ranges_hold()
    {
        Assert.True(ConfigurationRanges.Hold(new CircuitBreakerConfiguration()));
        Assert.True(ConfigurationRanges.Hold(Of(("pgmq", new BreakerSettings()), ("other", new BreakerSettings { FailureThreshold = 100 }))));
        Assert.True(ConfigurationRanges.Hold(new BreakerPolicy()));
        Assert.True(ConfigurationRanges.Hold(new BreakerPolicy { Version = 1 }));
    }

    [Fact]
    public void S17_what_is_missing_does_not_hold()
    {
        Assert.False(ConfigurationRanges.Hold((CircuitBreakerConfiguration?)null));
        Assert.False(ConfigurationRanges.Hold(new CircuitBreakerConfiguration { Global = null! }));
        Assert.False(ConfigurationRanges.Hold(new CircuitBreakerConfiguration { Default = null! }));
        Assert.False(ConfigurationRanges.Hold(new CircuitBreakerConfiguration { Components = null! }));
        Assert.False(ConfigurationRanges.Hold(Of(("pgmq", null!))));
        Assert.False(ConfigurationRanges.Hold((BreakerPolicy?)null));
        Assert.False(ConfigurationRanges.Hold(new BreakerPolicy { Settings = null! }));
    }

    [Fact]
    public void S17_one_setting_out_of_its_range_is_enough()
    {
        Assert.False(ConfigurationRanges.Hold(new CircuitBreakerConfiguration { Global = new GlobalSettings { MaxCircuitBreakers = 0 } }));
        Assert.False(ConfigurationRanges.Hold(new CircuitBreakerConfiguration { Default = Bad }));
        Assert.False(ConfigurationRanges.Hold(Of(("pgmq", new BreakerSettings()), ("zzz", Bad))));
        Assert.False(ConfigurationRanges.Hold(Of(("no name", new BreakerSettings()))));
        Assert.False(ConfigurationRanges.Hold(new BreakerPolicy { Settings = Bad }));
        Assert.False(ConfigurationRanges.Hold(new BreakerPolicy { MetricsInterval = TimeSpan.Zero }));
        Assert.False(ConfigurationRanges.Hold(new BreakerPolicy { MinTransitionInterval = TimeSpan.FromSeconds(61) }));
        Assert.False(ConfigurationRanges.Hold(new BreakerPolicy { Version = -1 }));
    }

    private static CircuitBreakerConfiguration Of(params (string Name, BreakerSettings Settings)[] components) => new()
    {
        Components = components.ToImmutableSortedDictionary(component => component.Name, component => component.Settings, StringComparer.Ordinal),
    };
}
