namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Configuration;

/// <summary>The table of SPEC's "Configuration": keys, defaults, ranges.</summary>
public sealed class SettingCatalogTests
{
    // Made anew for each test: a mutant in it is then alive whenever the class was first used.
    private static SettingCatalog Catalog => new();

    private static IEnumerable<(string Key, Func<string, double?> Read, string Allowed)> All =>
    [
        .. Catalog.Root.Select(setting => (setting.Key, (Func<string, double?>)setting.Read, setting.Allowed)),
        .. Catalog.Global.Select(setting => (setting.Key, (Func<string, double?>)setting.Read, setting.Allowed)),
        .. Catalog.Breaker.Select(setting => (setting.Key, (Func<string, double?>)setting.Read, setting.Allowed)),
    ];

    [Theory]
    [InlineData("max_circuit_breakers", "1", "100000", "0", "100001")]
    [InlineData("metrics_collection_interval_seconds", "0.1", "3600", "0.09", "3601")]
    [InlineData("min_state_transition_interval_seconds", "0", "60", "-0.1", "60.1")]
    [InlineData("failure_threshold", "1", "100", "0", "101")]
    [InlineData("timeout_seconds", "0.01", "86400", "0.001", "86401")]
    [InlineData("success_threshold", "1", "100", "-1", "101")]
    [InlineData("half_open_max_probes", "1", "1000", "0", "1001")]
    [InlineData("probe_lease_seconds", "0.1", "3600", "0", "3600.5")]
    [InlineData("failure_rate_threshold", "0.0001", "1", "0", "1.01")]
    [InlineData("slow_call_rate_threshold", "0.5", "1.0", "-0.5", "2")]
    [InlineData("window_seconds", "1", "3600", "0.5", "3601")]
    [InlineData("minimum_calls", "1", "1000000", "0", "1000001")]
    [InlineData("slow_call_duration_ms", "1", "600000", "0", "600001")]
    public void A_number_is_taken_within_its_range_and_refused_outside(string key, string least, string most, string below, string above)
    {
        var setting = Assert.Single(All, setting => setting.Key == key);

        Assert.NotNull(setting.Read(least));
        Assert.NotNull(setting.Read(most));
        Assert.Null(setting.Read(below));
        Assert.Null(setting.Read(above));
        Assert.All(["", "abc", "1,5", "NaN", "Infinity", "-Infinity", "1e999", "true", "null", "0x10"], text => Assert.Null(setting.Read(text)));
        Assert.Contains("allowed", setting.Allowed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("half_open_max_probes", 4.0)]
    [InlineData("probe_lease_seconds", 7.0)]
    [InlineData("success_threshold", 4.0)]
    [InlineData("failure_rate_threshold", null)]
    public void What_holds_is_the_value_or_what_another_setting_makes_of_it(string key, double? expected) =>
        Assert.Equal(expected, Assert.Single(Catalog.Breaker, setting => setting.Key == key).InForce(new() { SuccessThreshold = 4, OpenDuration = TimeSpan.FromSeconds(7) }));

    [Theory]
    [InlineData("failure_threshold")]
    [InlineData("minimum_calls")]
    [InlineData("max_circuit_breakers")]
    public void A_whole_number_is_not_a_fraction(string key) => Assert.Null(Assert.Single(All, setting => setting.Key == key).Read("2.5"));

    [Theory]
    [InlineData("enabled")]
    [InlineData("auto_create_enabled")]
    public void A_switch_is_true_or_false(string key)
    {
        var setting = Assert.Single(All, setting => setting.Key == key);

        Assert.Equal(1, setting.Read("true"));
        Assert.Equal(0, setting.Read("False"));
        Assert.All(["1", "yes", "on", ""], text => Assert.Null(setting.Read(text)));
    }

    [Theory]
    [InlineData("half_open_max_probes", 9)]
    [InlineData("probe_lease_seconds", 11)]
    public void What_is_set_holds_before_what_another_setting_makes_of_it(string key, double expected) => Assert.Equal(
        expected,
        Assert.Single(Catalog.Breaker, setting => setting.Key == key).InForce(
            new() { SuccessThreshold = 4, HalfOpenMaxProbes = 9, OpenDuration = TimeSpan.FromSeconds(7), ProbeLease = TimeSpan.FromSeconds(11) }));

    [Theory]
    [InlineData("enabled", "true or false is allowed")]
    [InlineData("failure_threshold", "a whole number from 1 to 100 is allowed")]
    [InlineData("failure_rate_threshold", "a number above 0 and up to 1 is allowed")]
    [InlineData("slow_call_duration_ms", "1 to 600000 milliseconds are allowed")]
    [InlineData("timeout_seconds", "0.01 to 86400 seconds are allowed")]
    public void S17_a_fault_says_what_is_allowed(string key, string allowed) =>
        Assert.Equal(allowed, Assert.Single(All, setting => setting.Key == key).Allowed);

    [Fact]
    public void Each_setting_says_what_it_does_and_what_holds_where_it_is_not_set()
    {
        (string Key, string Default, string Description)[] all =
        [
            .. Catalog.Root.Select(setting => (setting.Key, setting.Default, setting.Description)),
            .. Catalog.Global.Select(setting => (setting.Key, setting.Default, setting.Description)),
            .. Catalog.Breaker.Select(setting => (setting.Key, setting.Default, setting.Description)),
        ];

        Assert.All(all, setting => Assert.False(string.IsNullOrWhiteSpace(setting.Description), setting.Key));
        Assert.Equal(
            [
                ("enabled", "true"),
                ("max_circuit_breakers", "50"),
                ("metrics_collection_interval_seconds", "30"),
                ("auto_create_enabled", "true"),
                ("min_state_transition_interval_seconds", "1"),
                ("failure_threshold", "5"),
                ("timeout_seconds", "30"),
                ("success_threshold", "2"),
                ("half_open_max_probes", "success_threshold"),
                ("probe_lease_seconds", "timeout_seconds, clamped"),
                ("failure_rate_threshold", "off"),
                ("slow_call_rate_threshold", "off"),
                ("window_seconds", "30"),
                ("minimum_calls", "10"),
                ("slow_call_duration_ms", "off"),
                ("isolate_lone_worker", "true"),
            ],
            all.Select(setting => (setting.Key, setting.Default)));
    }

    [Fact]
    public void Each_value_goes_where_its_key_says()
    {
        var breaker = Catalog.Breaker.Aggregate(new BreakerSettings(), (settings, setting) => setting.Apply(settings, 1));
        var global = Catalog.Global.Aggregate(new GlobalSettings(), (settings, setting) => setting.Apply(settings, 0));

        Assert.Equal(
            new BreakerSettings
            {
                FailureThreshold = 1,
                OpenDuration = TimeSpan.FromSeconds(1),
                SuccessThreshold = 1,
                HalfOpenMaxProbes = 1,
                ProbeLease = TimeSpan.FromSeconds(1),
                FailureRateThreshold = 1,
                SlowCallRateThreshold = 1,
                Window = TimeSpan.FromSeconds(1),
                MinimumCalls = 1,
                SlowCallDuration = TimeSpan.FromMilliseconds(1),
            },
            breaker);
        Assert.Equal(new GlobalSettings { MaxCircuitBreakers = 0, MetricsCollectionInterval = TimeSpan.Zero, AutoCreateEnabled = false, MinStateTransitionInterval = TimeSpan.Zero }, global);
        Assert.False(Catalog.Root[0].Apply(new CircuitBreakerConfiguration(), 0).Enabled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Each_value_is_found_where_it_was_put(double value)
    {
        Assert.All(Catalog.Root, setting => Assert.Equal(value, setting.Take(setting.Apply(new CircuitBreakerConfiguration(), value))));
        Assert.All(Catalog.Global, setting => Assert.Equal(value, setting.Take(setting.Apply(new GlobalSettings(), value))));
        Assert.All(Catalog.Breaker, setting => Assert.Equal(value, setting.Take(setting.Apply(new BreakerSettings(), value))));
    }

    [Fact]
    public void The_defaults_are_those_of_the_table()
    {
        var (settings, global) = (new BreakerSettings(), new GlobalSettings());

        Assert.Equal((5, 30, 2, 30, 10), (settings.FailureThreshold, settings.OpenDuration.TotalSeconds, settings.SuccessThreshold, settings.Window.TotalSeconds, settings.MinimumCalls));
        Assert.Null(settings.FailureRateThreshold);
        Assert.Null(settings.SlowCallRateThreshold);
        Assert.Null(settings.SlowCallDuration);
        Assert.False(settings.HasRateRule);
        Assert.Equal((50, 30, true, 1), (global.MaxCircuitBreakers, global.MetricsCollectionInterval.TotalSeconds, global.AutoCreateEnabled, global.MinStateTransitionInterval.TotalSeconds));
    }
}
