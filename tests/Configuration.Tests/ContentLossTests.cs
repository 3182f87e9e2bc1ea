using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S18: an edit that is a loss of content is not taken for a change of mind.</summary>
public sealed class ContentLossTests : IDisposable
{
    private const string Whole = "circuit_breakers:\n  default_config:\n    failure_threshold: 8\n    timeout_seconds: 45\n";

    private readonly ConfigurationFiles _files = new();

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("# nothing but a comment")]
    [InlineData("---\n")]
    [InlineData("---\n...\n")]
    [InlineData("{}")]
    [InlineData("~")]
    [InlineData("circuit_breakers:")]
    [InlineData("circuit_breakers: {}")]
    [InlineData("circuit_breakers: { default_config: {}, component_configs: }")]
    public void S17_a_file_without_a_setting_is_refused_and_the_fault_says_how_to_mean_it(string yaml)
    {
        var fault = Assert.Single(_files.Write(yaml).Faults());

        Assert.StartsWith("breakers.yaml: the file has no settings", fault, StringComparison.Ordinal);
        Assert.EndsWith("write one of them: circuit_breakers: { enabled: true }", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("circuit_breakers: { enabled: true }")]
    [InlineData("circuit_breakers: { component_configs: { pgmq: } }")]
    public void S17_one_setting_or_component_is_content(string yaml) => Assert.Equal(new(), _files.Write(yaml).Loader.Load().Configuration.Default);

    [Theory]
    [InlineData("circuit_breakers:\n  default_config:\n    failure_threshold: 8\n", "has only the first 61 of its 85 bytes")]
    [InlineData("circuit_breakers:\n  default_config:\n    failure_threshold: 8\n    timeout_seconds: 4", "has only the first 83 of its 85 bytes")]
    [InlineData("# edited\ncircuit_breakers:\n  default_config:\n    failure_threshold: 8\n    timeout_seconds: 4", "ends in the middle of a line")]
    public void S18_a_file_that_looks_cut_off_is_a_loss(string edited, string message) => Assert.Contains(message, Assert.Single(Find(Whole, edited)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(Whole, "# meant\ncircuit_breakers:\n  default_config:\n    failure_threshold: 8\n")]
    [InlineData(Whole, "circuit_breakers: { default_config: { failure_threshold: 9 } }")]
    [InlineData(Whole, Whole + "    success_threshold: 3\n")]
    [InlineData(Whole + "# a comment\n", Whole)]
    [InlineData("circuit_breakers:\n  default_config:\n    failure_threshold: 8", "circuit_breakers:\n  default_config:\n    failure_threshold: 9")]
    public void S18_an_edit_is_none(string before, string edited) => Assert.Empty(Find(before, edited));

    [Theory]
    [InlineData(Whole, false)]
    [InlineData("# edited\n" + Whole, false)]
    [InlineData("# edited\n" + Whole + "...\n", true)]
    [InlineData("circuit_breakers: { default_config: { failure_threshold: 8 } }", true)]
    public void S18_a_file_that_ended_with_a_mark_has_to_end_with_one(string edited, bool isEdit)
    {
        var loss = Find(Whole.Replace("45", "40", StringComparison.Ordinal) + "...\n", edited);

        Assert.Equal(isEdit, loss.Count == 0);
        Assert.All(loss, fault => Assert.Contains("does not end with '...'", fault.Message, StringComparison.Ordinal));
    }

    public void Dispose() => _files.Dispose();

    private IReadOnlyList<ConfigurationFault> Find(string before, string edited) => ContentLoss.Find(_files.Write(before).Loader.Load(), _files.Write(edited).Loader.Load());
}
