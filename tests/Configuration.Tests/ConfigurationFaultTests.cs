using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S17: a bad configuration is refused with all its faults at once, each with its place and what is allowed.</summary>
public sealed class ConfigurationFaultTests : IDisposable
{
    private const string Something = "circuit_breakers: { enabled: true }";

    private readonly ConfigurationFiles _files = new();

    [Fact]
    public void S17_all_faults_are_told_at_once_with_file_line_and_column()
    {
        var faults = _files.Write("""
            circuit_breakers:
              enabled: maybe
              global_settings:
                max_circuit_breakers: 0
              default_config:
                failure_treshold: 5
                timeout_seconds: "30"
                success_threshold: 2
                success_threshold: 3
              component_configs:
                bad name:
                  failure_threshold: 3
                pgmq: 7
            """).Faults();

        Assert.Equal(
            [
                "breakers.yaml:2:12: circuit_breakers.enabled: found maybe; true or false is allowed",
                "breakers.yaml:4:27: circuit_breakers.global_settings.max_circuit_breakers: found 0; a whole number from 1 to 100000 is allowed",
                "breakers.yaml:6:5: circuit_breakers.default_config.failure_treshold: unknown key; did you mean 'failure_threshold'? allowed here: "
                + "failure_threshold, timeout_seconds, success_threshold, half_open_max_probes, probe_lease_seconds, failure_rate_threshold, "
                + "slow_call_rate_threshold, window_seconds, minimum_calls, slow_call_duration_ms, isolate_lone_worker",
                "breakers.yaml:7:22: circuit_breakers.default_config.timeout_seconds: found the text \"30\"; 0.01 to 86400 seconds are allowed: write 30, without the quotes",
                "breakers.yaml:9:5: circuit_breakers.default_config.success_threshold: duplicate key; it is first set in line 8",
                "breakers.yaml:11:5: circuit_breakers.component_configs.bad name: The component name has the character U+0020 at position 4; a component name is 1-128 characters of a-z A-Z 0-9 . _ - : /.",
            ],
            faults.Take(6));
        Assert.StartsWith("breakers.yaml:13:11: circuit_breakers.component_configs.pgmq:", faults[6], StringComparison.Ordinal);
        Assert.Equal(7, faults.Count);
    }

    [Theory]
    [InlineData("failure_treshold", "failure_threshold")]
    [InlineData("Minimum_Calls", "minimum_calls")]
    [InlineData("widnow_seconds", "window_seconds")]
    [InlineData("timeout", "timeout_seconds")]
    [InlineData("lone_worker", "isolate_lone_worker")]
    [InlineData("retries", null)]
    [InlineData("x", null)]
    public void S17_an_unknown_key_gets_the_nearest_known_key_as_a_suggestion(string unknown, string? nearest)
    {
        var fault = Assert.Single(_files.Write($"circuit_breakers: {{ default_config: {{ {unknown}: 5 }} }}").Faults());

        Assert.Contains(
            nearest is null ? "unknown key; allowed here: " : $"unknown key; did you mean '{nearest}'? allowed here: ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void S17_faults_of_all_layers_are_told_together()
    {
        var faults = _files.Write("circuit_breakers: { enabled: 3 }")
            .Write("circuit_breakers: { default_config: { minimum_calls: -1 } }", "production")
            .Variable("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__WINDOW", "9")
            .Variable("TASKER_CIRCUIT_BREAKERS__NONSENSE__A__B__C", "9")
            .Faults();

        Assert.Equal(4, faults.Count);
        Assert.StartsWith("breakers.yaml:1:30:", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("breakers.production.yaml:1:54:", faults[1], StringComparison.Ordinal);
        Assert.Contains(faults, fault => fault.StartsWith("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__WINDOW: ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("TASKER_CIRCUIT_BREAKERS__NONSENSE__A__B__C: ", StringComparison.Ordinal));
    }

    [Fact]
    public void S16_checks_across_keys_run_on_the_merged_result()
    {
        _files.Write("circuit_breakers: { default_config: { slow_call_rate_threshold: 0.5 } }");
        Assert.Contains("slow_call_duration_ms is not", Assert.Single(_files.Faults()), StringComparison.Ordinal);

        _files.Write("circuit_breakers: { default_config: { slow_call_duration_ms: 100 } }", "production");
        Assert.Equal(0.5, _files.Loader.Load().Configuration.Default.SlowCallRateThreshold);
    }

    [Theory]
    [InlineData("circuit_breakers: [1, 2", "not YAML")]
    [InlineData("circuit_breakers: {}\n---\nmore: {}", "second document")]
    [InlineData("circuit_breakers: { enabled: !<> true }", "cannot be parsed")]
    [InlineData("%TAG ! ", "not YAML")]
    [InlineData("circuit_breakers: { \"\\uD800\\u800\": 1 }", "not YAML")]
    public void S17_of_a_file_that_cannot_be_parsed_the_first_syntax_error_is_told(string yaml, string message)
    {
        var fault = Assert.Single(_files.Write(yaml).Faults());

        Assert.Contains(message, fault, StringComparison.Ordinal);
        Assert.Matches("^breakers.yaml:[0-9]+:[0-9]+: ", fault);
    }

    [Fact]
    public void S16_a_check_across_keys_adds_no_fault_to_one_that_explains_it()
    {
        var fault = Assert.Single(_files.Write("circuit_breakers: { default_config: { slow_call_rate_threshold: 0.5, slow_call_duration_ms: 0 } }").Faults());

        Assert.Contains("1 to 600000 milliseconds are allowed", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG", "5", "is a section; name a setting in it: TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__KEY")]
    [InlineData("TASKER_CIRCUIT_BREAKERS__ENABLED", "", "found nothing; true or false is allowed")]
    [InlineData("TASKER_CIRCUIT_BREAKERS_DEFAULT_CONFIG__FAILURE_THRESHOLD", "5", "separate its parts with two underscores")]
    public void S16_a_variable_that_sets_nothing_is_a_fault(string name, string value, string message)
    {
        var fault = Assert.Single(_files.Write(Something).Variable(name, value).Faults());

        Assert.StartsWith(name, fault, StringComparison.Ordinal);
        Assert.Contains(message, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void S16_variables_of_others_with_a_name_like_ours_are_left_alone() =>
        Assert.True(_files.Write(Something).Variable("TASKER_CIRCUIT_BREAKERS_SERVICE_HOST", "10.0.0.1").Variable("TASKER_CIRCUIT_BREAKERS_PORT", "tcp://x").Loader.Load().Configuration.Enabled);

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("just text")]
    [InlineData("circuit_breakers: [a]")]
    [InlineData("circuit_breakers: { default_config: [a] }")]
    [InlineData("circuit_breakers: { default_config: { failure_threshold: [1] } }")]
    [InlineData("circuit_breakers: { default_config: { failure_threshold: } }")]
    [InlineData("circuit_breakers: { default_config: { failure_threshold: { a: 1 } } }")]
    [InlineData("circuit_breakers: { ? [a] : 1 }")]
    [InlineData("a: &x 1\nb: *x")]
    [InlineData("circuit_breaker: {}")]
    public void S17_what_has_no_place_in_the_configuration_is_a_fault(string yaml) => Assert.NotEmpty(_files.Write(yaml).Faults());

    [Fact]
    public void S17_a_file_that_is_not_there_is_a_fault_that_names_it() =>
        Assert.StartsWith("breakers.yaml: the file cannot be read", Assert.Single(_files.Faults()), StringComparison.Ordinal);

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a b")]
    public void S16_an_environments_name_is_no_path(string name) => Assert.Single(_files.Write(Something).Variable("TASKER_ENV", name).Faults());

    [Fact]
    public void A_file_of_ten_megabytes_or_a_thousand_levels_is_refused()
    {
        Assert.Contains("larger than", Assert.Single(_files.Write(new string('#', 10_000_000)).Faults()), StringComparison.Ordinal);
        Assert.Contains("nested more than", Assert.Single(_files.Write(string.Concat(Enumerable.Repeat("{a: ", 1000))).Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void S17_any_mutation_of_a_good_file_loads_or_is_refused_with_faults_that_have_a_place()
    {
        const string good = "circuit_breakers:\n  enabled: true\n  default_config:\n    failure_threshold: 5\n    timeout_seconds: 30\n  component_configs:\n    pgmq:\n      failure_threshold: 3\n";
        var generate = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 6], Gen.String[Gen.Char["abz09:-{}[]#&*!|>'\"%@`\n\t ,.?\\\0\u00e9"], 0, 4]).Array[1, 4];
        for (uint stream = 0; stream < 2000; stream++)
        {
            var yaml = good;
            foreach (var (at, length, text) in generate.Generate(new PCG(stream, 7), null, out _))
            {
                var from = Math.Min(at, yaml.Length);
                yaml = yaml[..from] + text + yaml[Math.Min(yaml.Length, from + length)..];
            }

            _files.Write(yaml);
            try
            {
                Assert.NotNull(_files.Loader.Load().Configuration);
            }
            catch (ConfigurationFaultsException faults)
            {
                Assert.All(faults.Faults, fault => Assert.Matches("breakers.yaml(:[0-9]+:[0-9]+)?$", fault.Source));
            }
        }
    }

    public void Dispose() => _files.Dispose();
}
