using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S17: a value of the wrong kind is refused with what to write instead.</summary>
public sealed class ValueAdviceTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    [Theory]
    [InlineData("failure_threshold", "\"5\"", "found the text \"5\"; a whole number from 1 to 100 is allowed: write 5, without the quotes")]
    [InlineData("failure_threshold", "'5'", "write 5, without the quotes")]
    [InlineData("failure_threshold", "\"many\"", "found the text \"many\"; a whole number from 1 to 100 is allowed")]
    [InlineData("failure_threshold", "0x10", "found 0x10; a whole number from 1 to 100 is allowed: write 16")]
    [InlineData("failure_threshold", "0o17", "write 15")]
    [InlineData("failure_threshold", "0b101", "write 5")]
    [InlineData("failure_threshold", "0xFFF", "found 0xFFF; a whole number from 1 to 100 is allowed")]
    [InlineData("minimum_calls", "1_000", "write 1000")]
    [InlineData("minimum_calls", "10,000", "write 10000")]
    [InlineData("minimum_calls", "1 000", "write 1000")]
    [InlineData("failure_threshold", "5.5", "found 5.5; a whole number from 1 to 100 is allowed")]
    [InlineData("failure_threshold", "NaN", "found NaN; a whole number from 1 to 100 is allowed")]
    [InlineData("failure_threshold", ".inf", "found .inf; a whole number from 1 to 100 is allowed")]
    [InlineData("failure_threshold", "~", "found nothing; a whole number from 1 to 100 is allowed: remove the key to use its default")]
    [InlineData("failure_threshold", "null", "remove the key to use its default")]
    [InlineData("failure_threshold", "", "remove the key to use its default")]
    [InlineData("failure_threshold", "!!int 5", "the tag !!int is not supported: write only the value")]
    [InlineData("failure_threshold", "!env X", "the tag !env is not supported: write only the value")]
    [InlineData("timeout_seconds", "30s", "found 30s; 0.01 to 86400 seconds are allowed: write 30: the value is in seconds")]
    [InlineData("timeout_seconds", "\"30s\"", "write 30: the value is in seconds, without the quotes")]
    [InlineData("timeout_seconds", "500ms", "write 0.5: the value is in seconds")]
    [InlineData("timeout_seconds", "1h30m", "write 5400: the value is in seconds")]
    [InlineData("timeout_seconds", "PT30S", "write 30: the value is in seconds")]
    [InlineData("timeout_seconds", "00:00:30", "write 30: the value is in seconds")]
    [InlineData("timeout_seconds", "30 seconds", "write 30: the value is in seconds")]
    [InlineData("timeout_seconds", "0,5", "write 0.5")]
    [InlineData("timeout_seconds", "1000000d", "found 1000000d; 0.01 to 86400 seconds are allowed")]
    [InlineData("slow_call_duration_ms", "2s", "write 2000: the value is in milliseconds")]
    [InlineData("failure_rate_threshold", "50%", "found 50%; a number above 0 and up to 1 is allowed: write 0.5")]
    [InlineData("failure_rate_threshold", "0,5", "write 0.5")]
    [InlineData("failure_rate_threshold", "\"50%\"", "write 0.5, without the quotes")]
    [InlineData("failure_rate_threshold", "500%", "found 500%; a number above 0 and up to 1 is allowed")]
    public void S17_a_value_of_the_wrong_kind_is_refused_with_what_to_write(string key, string value, string message) =>
        Assert.EndsWith(message, Assert.Single(_files.Write($"circuit_breakers:\n  default_config:\n    {key}: {value}\n").Faults()), StringComparison.Ordinal);

    [Theory]
    [InlineData("yes", "true")]
    [InlineData("On", "true")]
    [InlineData("1", "true")]
    [InlineData("no", "false")]
    [InlineData("OFF", "false")]
    [InlineData("0", "false")]
    public void S17_a_switch_of_other_yaml_is_refused_with_true_or_false(string value, string meant) => Assert.EndsWith(
        $"found {value}; true or false is allowed: write {meant}", Assert.Single(_files.Write($"circuit_breakers: {{ enabled: {value} }}").Faults()), StringComparison.Ordinal);

    [Fact]
    public void S17_a_quoted_switch_is_refused_with_the_quotes_named() =>
        Assert.EndsWith("write true, without the quotes", Assert.Single(_files.Write("circuit_breakers: { enabled: \"true\" }").Faults()), StringComparison.Ordinal);

    [Fact]
    public void S16_a_variable_has_the_same_advice() => Assert.EndsWith(
        "found 30s; 0.01 to 86400 seconds are allowed: write 30: the value is in seconds",
        Assert.Single(_files.Write("circuit_breakers: { enabled: true }").Variable("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__TIMEOUT_SECONDS", "30s").Faults()),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("1e1", 10)]
    [InlineData("5.0", 5)]
    [InlineData("+7", 7)]
    public void S17_a_whole_number_may_be_written_as_yaml_writes_it(string value, int expected) =>
        Assert.Equal(expected, _files.Write($"circuit_breakers: {{ default_config: {{ failure_threshold: {value} }} }}").Loader.Load().Configuration.Default.FailureThreshold);

    [Theory]
    [InlineData("circuit_breakers:\n  default_config: &d\n    failure_threshold: 4\n  component_configs:\n    billing: *d\n", "5:14")]
    [InlineData("circuit_breakers:\n  component_configs:\n    billing:\n      <<: *d\n", "4:7")]
    [InlineData("circuit_breakers:\n  component_configs:\n    <<: *d\n", "3:5")]
    [InlineData("circuit_breakers:\n  <<: *d\n", "2:3")]
    [InlineData("circuit_breakers: *d\n", "1:19")]
    [InlineData("circuit_breakers:\n  default_config:\n    failure_threshold: *five\n", "3:24")]
    public void S17_aliases_and_merge_keys_are_refused_with_what_to_do(string yaml, string place)
    {
        var fault = Assert.Single(_files.Write(yaml).Faults());

        Assert.StartsWith($"breakers.yaml:{place}: ", fault, StringComparison.Ordinal);
        Assert.EndsWith("anchors, aliases and merge keys are not supported: write the keys out", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void S17_whatever_advice_is_given_it_is_a_value_that_the_setting_takes()
    {
        string[] values = ["5", "05", "0x1F", "1_0", "1,5", "1,500", "7%", "120%", "1s", "2 min", "3ms", "PT1M", "00:01", "yes", "off", "1e1", "x", "%", "0x", "1:2:3:4", "9d9d", "-1s", " "];
        foreach (var value in values)
        {
            foreach (var isQuoted in new[] { false, true })
            {
                Check(SettingCatalog.Instance.Root, value, isQuoted);
                Check(SettingCatalog.Instance.Global, value, isQuoted);
                Check(SettingCatalog.Instance.Breaker, value, isQuoted);
            }
        }
    }

    public void Dispose() => _files.Dispose();

    private static void Check<T>(IEnumerable<Setting<T>> settings, string value, bool isQuoted)
    {
        foreach (var setting in settings)
        {
            if (ValueAdvice.For(setting, value, isQuoted) is { } advice)
            {
                Assert.NotNull(setting.Read(advice.Split(' ')[1].TrimEnd(',', ':')));
            }
        }
    }
}
