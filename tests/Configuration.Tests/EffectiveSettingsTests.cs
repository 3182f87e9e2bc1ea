using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S15, S16: of each setting, what holds and which layer it came from.</summary>
public sealed class EffectiveSettingsTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    public EffectiveSettingsTests() => _files
        .Write("""
            circuit_breakers:
              global_settings:
                max_circuit_breakers: 70
              default_config:
                timeout_seconds: 40
                success_threshold: 4
              component_configs:
                pgmq:
                  failure_threshold: 3
            """)
        .Write("circuit_breakers: { component_configs: { pgmq: { timeout_seconds: 5 } } }", "production")
        .Variable("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__MINIMUM_CALLS", "20")
        .Variable("TASKER_CIRCUIT_BREAKERS__ENABLED", "false");

    [Theory]
    [InlineData("enabled", 0, "", "TASKER_CIRCUIT_BREAKERS__ENABLED")]
    [InlineData("max_circuit_breakers", 70, "global_settings", "breakers.yaml:3:27")]
    [InlineData("auto_create_enabled", 1, "global_settings", "built-in")]
    [InlineData("failure_threshold", 3, "component_configs.pgmq", "breakers.yaml:9:26")]
    [InlineData("timeout_seconds", 5, "component_configs.pgmq", "breakers.production.yaml:1:67")]
    [InlineData("success_threshold", 4, "default_config", "breakers.yaml:6:24")]
    [InlineData("minimum_calls", 20, "default_config", "TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__MINIMUM_CALLS")]
    [InlineData("window_seconds", 30, "default_config", "built-in")]
    public void S16_each_setting_has_the_place_that_gave_it(string key, double value, string section, string origin)
    {
        var setting = Assert.Single(For("pgmq"), setting => setting.Key == key);

        Assert.Equal((value, section, origin), (setting.Value, setting.Section, Named(setting)));
    }

    [Fact]
    public void S15_a_name_with_a_slash_takes_the_places_of_the_part_before_it() =>
        Assert.Equal(For("pgmq"), For("pgmq/orders"));

    [Fact]
    public void S15_a_component_that_is_not_configured_takes_the_places_of_the_default()
    {
        var setting = Assert.Single(For("other"), setting => setting.Key == "timeout_seconds");

        Assert.Equal((40.0, "default_config", "breakers.yaml:5:22"), (setting.Value, setting.Section, Named(setting)));
    }

    [Fact]
    public void What_another_setting_decides_is_shown_as_it_holds_and_what_is_off_as_nothing()
    {
        var settings = For("pgmq").ToDictionary(setting => setting.Key, setting => setting.Value);

        Assert.Equal((4.0, 5.0, null), (settings["half_open_max_probes"], settings["probe_lease_seconds"], settings["failure_rate_threshold"]));
    }

    [Fact]
    public void All_settings_are_the_common_ones_the_defaults_and_each_components_own()
    {
        var loaded = _files.Loader.Load();

        var all = EffectiveSettings.All(loaded.Configuration, loaded.Layers);

        Assert.Equal(
            [("failure_threshold", 3.0), ("timeout_seconds", 5.0)],
            all.Where(setting => setting.Section == "component_configs.pgmq").Select(setting => (setting.Key, setting.Value!.Value)));
        Assert.Equal((1, 4, 11), (Count(""), Count("global_settings"), Count("default_config")));

        int Count(string section) => all.Count(setting => setting.Section == section);
    }

    [Fact]
    public void S18_of_another_silos_settings_no_place_is_claimed()
    {
        var loaded = _files.Loader.Load();

        Assert.All(EffectiveSettings.For("pgmq", loaded.Configuration, layers: null), setting => Assert.Equal(SettingOrigin.OtherSilo.Instance, setting.Origin));
        Assert.Equal(
            ["failure_threshold", "timeout_seconds"],
            EffectiveSettings.All(loaded.Configuration, layers: null).Where(setting => setting.Section == "component_configs.pgmq").Select(setting => setting.Key));
    }

    public void Dispose() => _files.Dispose();

    private IReadOnlyList<EffectiveSetting> For(string component)
    {
        var loaded = _files.Loader.Load();
        return EffectiveSettings.For(component, loaded.Configuration, loaded.Layers);
    }

    private string Named(EffectiveSetting setting) => setting.Origin.ToString()!.Replace(Path.GetDirectoryName(_files.Path) + "/", "", StringComparison.Ordinal);
}
