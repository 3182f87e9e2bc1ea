using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S15, S16: what the layers come to.</summary>
public sealed class ConfigurationLoaderTests : IDisposable
{
    /// <summary>The YAML that the project was asked for, to the letter.</summary>
    private const string Seed = """
        circuit_breakers:
          enabled: true
          global_settings:
            max_circuit_breakers: 50          # Total circuit breaker limit
            metrics_collection_interval_seconds: 30  # Monitoring frequency
            auto_create_enabled: true         # Create breakers automatically
            min_state_transition_interval_seconds: 1  # Prevent oscillation
          
          default_config:
            failure_threshold: 5              # Failures before opening
            timeout_seconds: 30               # Open state duration
            success_threshold: 2              # Successes to close

          component_configs:
            pgmq:
              failure_threshold: 3
              timeout_seconds: 15
              success_threshold: 2
        """;

    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void S15_the_seeds_yaml_loads_as_it_is()
    {
        var configuration = _files.Write(Seed).Loader.Load().Configuration;

        Assert.True(configuration.Enabled);
        Assert.Equal(new GlobalSettings(), configuration.Global);
        Assert.Equal(new BreakerSettings(), configuration.Default);
        Assert.Equal(
            new BreakerSettings { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(15), SuccessThreshold = 2 }, Assert.Single(configuration.Components).Value);
    }

    [Fact]
    public void S15_a_component_takes_the_default_with_its_own_keys_laid_over()
    {
        var configuration = _files.Write("""
            circuit_breakers:
              default_config: { failure_threshold: 9, window_seconds: 60 }
              component_configs:
                pgmq: { failure_threshold: 2 }
                smtp:
            """).Loader.Load().Configuration;

        Assert.Equal((2, 60), (configuration.Components["pgmq"].FailureThreshold, configuration.Components["pgmq"].Window.TotalSeconds));
        Assert.Equal(9, configuration.Components["smtp"].FailureThreshold);
    }

    [Fact]
    public void S16_later_layers_win_key_by_key()
    {
        _files.Write("circuit_breakers: { default_config: { failure_threshold: 6, success_threshold: 6, timeout_seconds: 6 } }")
            .Write("circuit_breakers: { default_config: { success_threshold: 7, timeout_seconds: 7 } }", "staging")
            .Variable("TASKER_ENV", "staging")
            .Variable("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__TIMEOUT_SECONDS", "8")
            .Variable("TASKER_CIRCUIT_BREAKERS__ENABLED", "false")
            .Variable("TASKER_CIRCUIT_BREAKERS__GLOBAL_SETTINGS__MAX_CIRCUIT_BREAKERS", "12")
            .Variable("TASKER_CIRCUIT_BREAKERS__COMPONENT_CONFIGS__pgmq__FAILURE_THRESHOLD", "4");
        var configuration = _files.Loader.Load().Configuration;

        Assert.Equal((6, 7, 8.0), (configuration.Default.FailureThreshold, configuration.Default.SuccessThreshold, configuration.Default.OpenDuration.TotalSeconds));
        Assert.Equal((false, 12), (configuration.Enabled, configuration.Global.MaxCircuitBreakers));
        Assert.Equal((4, 7), (configuration.Components["pgmq"].FailureThreshold, configuration.Components["pgmq"].SuccessThreshold));
    }

    [Fact]
    public void S16_a_variable_finds_a_component_in_any_case_where_only_one_fits()
    {
        _files.Write("circuit_breakers: { component_configs: { Billing.Api: { failure_threshold: 6 } } }")
            .Variable("TASKER_CIRCUIT_BREAKERS__COMPONENT_CONFIGS__BILLING.API__FAILURE_THRESHOLD", "2");

        Assert.Equal(2, Assert.Single(_files.Loader.Load().Configuration.Components).Value.FailureThreshold);
    }

    [Theory]
    [InlineData("development", 10, 60, 5, 30)]
    [InlineData("test", 5, 5, 3, 5)]
    [InlineData("production", 5, 30, 5, 20)]
    [InlineData("elsewhere", 5, 30, 3, 15)]
    public void S16_the_shipped_files_load_in_every_environment(string environment, int threshold, double timeout, int pgmqThreshold, double pgmqTimeout)
    {
        _files.Variable("TASKER_ENV", environment);
        var loader = new ConfigurationLoader(Repository.Path("config", "circuit_breakers.yaml"), _files.Variables);

        var configuration = loader.Load().Configuration;

        Assert.Equal((threshold, timeout), (configuration.Default.FailureThreshold, configuration.Default.OpenDuration.TotalSeconds));
        var pgmq = configuration.Components["pgmq"];
        Assert.Equal((pgmqThreshold, pgmqTimeout), (pgmq.FailureThreshold, pgmq.OpenDuration.TotalSeconds));
    }

    [Fact]
    public void S18_content_is_known_by_its_hash_whatever_its_layout()
    {
        var first = _files.Write("circuit_breakers: { default_config: { failure_threshold: 6 } }").Loader.Load().Configuration.ContentHash();
        var second = _files.Write("# a comment\ncircuit_breakers:\n  default_config:\n    failure_threshold: 6\n").Loader.Load().Configuration.ContentHash();
        var third = _files.Write("circuit_breakers: { default_config: { failure_threshold: 7 } }").Loader.Load().Configuration.ContentHash();

        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
    }

    public void Dispose() => _files.Dispose();
}
