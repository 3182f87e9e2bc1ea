using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S18: a silo tells what is in force, and whether that is what its files say.</summary>
public sealed class ConfigurationReportTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();
    private readonly LoadedConfiguration _loaded;

    public ConfigurationReportTests() => _loaded = _files
        .Write("circuit_breakers: { enabled: true, component_configs: { pgmq: { failure_threshold: 3, failure_rate_threshold: 0.5 } } }").Loader.Load();

    [Fact]
    public void Files_in_force_are_told_by_name_and_place_not_by_where_they_lie()
    {
        var report = ConfigurationReport.Of(_loaded, InForce(_loaded), "pgmq");

        Assert.Equal((true, 7L, "production", true), (report.InForce, report.Version, report.Environment, report.Configured));
        Assert.Equal(["breakers.yaml"], report.Files);
        Assert.Equal(new SettingReport("failure_threshold", 3.0, "component_configs.pgmq", "file", "breakers.yaml:1:84"), Setting(report, "failure_threshold"));
        Assert.Equal(new SettingReport("enabled", true, "", "file", "breakers.yaml:1:30"), Setting(report, "enabled"));
        Assert.Equal(new SettingReport("window_seconds", 30.0, "default_config", "built_in", null), Setting(report, "window_seconds"));
        Assert.Empty(report.Superseded);
    }

    [Fact]
    public void S18_where_another_silos_are_in_force_those_hold_and_what_these_files_say_otherwise_is_told()
    {
        var other = _files.Write("circuit_breakers: { component_configs: { pgmq: { failure_threshold: 9, failure_rate_threshold: 0.5 } } }").Loader.Load();

        var report = ConfigurationReport.Of(_loaded, InForce(other), "pgmq");

        Assert.False(report.InForce);
        Assert.Equal(new SettingReport("failure_threshold", 9.0, null, "other_silo", null), Setting(report, "failure_threshold"));
        Assert.Equal(new SettingReport("failure_threshold", 3.0, "component_configs.pgmq", "file", "breakers.yaml:1:84"), Assert.Single(report.Superseded));
    }

    [Fact]
    public void S18_what_is_superseded_of_the_whole_is_told_section_by_section()
    {
        var other = _files.Write("circuit_breakers: { default_config: { failure_threshold: 4 }, component_configs: { pgmq: { failure_threshold: 9, failure_rate_threshold: 0.5 } } }").Loader.Load();

        var report = ConfigurationReport.Of(_loaded, InForce(other), component: null);

        Assert.Equal(
            [("default_config", 5.0), ("component_configs.pgmq", 3.0)],
            report.Superseded.Select(setting => (setting.Section, (double)setting.Value!)));
        Assert.Null(report.Configured);
        Assert.Equal(["pgmq"], report.Components);
    }

    [Fact]
    public void A_file_alone_is_told_with_its_path_and_no_version()
    {
        var report = ConfigurationReport.Of(_loaded, "pgmq");

        Assert.Equal((null, null), (report.Version, report.InForce));
        Assert.Equal([_files.Path], report.Files);
        Assert.Equal($"{_files.Path}:1:84", Setting(report, "failure_threshold").Source);
    }

    [Fact]
    public void S18_a_refused_edit_is_told_with_its_faults_by_file_name_and_each_silo_with_its_state()
    {
        var since = new DateTimeOffset(2026, 11, 26, 20, 0, 0, TimeSpan.Zero);
        var own = new SiloConfiguration { Silo = "10.0.0.1:11111", ContentHash = _loaded.ContentHash, Environment = "production" };
        var inForce = InForce(_loaded) with
        {
            Overview = new ConfigurationOverview
            {
                Version = 7,
                ContentHash = _loaded.ContentHash,
                Since = since,
                From = "10.0.0.1:11111",
                Silos = [own, own with { Silo = "10.0.0.2:11111", ContentHash = "another", Environment = "test" }],
            },
        };
        var refused = new RefusedEdit(since, [new($"{_files.Path}:3:5", "circuit_breakers.x", "unknown key"), new(_files.Path, "", $"cannot read '{_files.Path}'")]);

        var report = ConfigurationReport.Of(_loaded, inForce, component: null, refused, "10.0.0.1:11111");

        Assert.Equal(("refused", true, since, "10.0.0.1:11111"), (report.State, report.InForce, report.InForceSince, report.InForceFrom));
        Assert.Equal((since, 2), (report.Refused!.Since, report.Refused.Count));
        Assert.Equal([new("breakers.yaml:3:5", "circuit_breakers.x", "unknown key"), new("breakers.yaml", "", "cannot read 'breakers.yaml'")], report.Refused.Faults);
        Assert.Equal(
            [("10.0.0.1:11111", true, "in_force", null), ("10.0.0.2:11111", false, "superseded", "10.0.0.1:11111")],
            report.Silos!.Select(silo => (silo.Silo, silo.This, silo.State!, silo.By)));
        Assert.Contains("test: 10.0.0.2:11111", report.DifferentEnvironments, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static ConfigurationInForce InForce(LoadedConfiguration loaded) =>
        new() { Version = 7, ContentHash = loaded.Configuration.ContentHash(), Configuration = loaded.Configuration };

    private static SettingReport Setting(ConfigurationReport report, string key) => Assert.Single(report.Settings, setting => setting.Key == key);
}
