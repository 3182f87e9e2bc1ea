using System.Text.Json.Nodes;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

/// <summary>S16, S17 from a shell.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private const string Report = """
        {"name":"pgmq","configured":true,"components":["pgmq"],"version":7,"in_force":true,"environment":"production","files":["breakers.yaml"],
        "settings":[
        {"key":"enabled","value":true,"section":"","layer":"built_in","source":null},
        {"key":"failure_threshold","value":3,"section":"component_configs.pgmq","layer":"file","source":"breakers.yaml:4:32"},
        {"key":"failure_rate_threshold","value":null,"section":"default_config","layer":"built_in","source":null}],
        "superseded":[]}
        """;

    private readonly CliRig _rig = new();
    private readonly ConfigurationFiles _files = new();

    [Fact]
    public async Task S17_a_bad_file_has_all_its_faults_told_word_for_word_like_the_silos()
    {
        _files.Write("""
            circuit_breakers:
              default_config:
                failure_treshold: 5
                timeout_seconds: soon
            """);
        var silo = Assert.Throws<Configuration.ConfigurationFaultsException>(() => _files.Loader.Load()).Message;

        var end = await _rig.RunAsync("config", "validate", _files.Path);

        Assert.Equal((ExitCode.Invalid, silo + "\n", ""), (end.ExitCode, end.Error, end.Output));
        Assert.Contains($"{_files.Path}:3:5: circuit_breakers.default_config.failure_treshold: unknown key; did you mean 'failure_threshold'?", silo, StringComparison.Ordinal);
        Assert.Contains($"{_files.Path}:4:22: ", silo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S17_as_json_the_faults_are_a_list()
    {
        _files.Write("circuit_breakers: { enabled: maybe }");

        var end = await _rig.RunAsync("config", "validate", _files.Path, "-o", "json");

        Assert.Equal((ExitCode.Invalid, ""), (end.ExitCode, end.Error));
        var report = JsonNode.Parse(end.Output)!;
        Assert.False(report["valid"]!.GetValue<bool>());
        Assert.Equal(
            $$"""{"source":"{{_files.Path}}:1:30","path":"circuit_breakers.enabled","message":"found maybe; true or false is allowed"}""",
            Assert.Single(report["faults"]!.AsArray())!.ToJsonString());
    }

    [Fact]
    public async Task S16_a_good_file_is_told_with_the_files_that_were_read_for_the_environment()
    {
        _files.Write("circuit_breakers: { component_configs: { pgmq: { } } }").Write("circuit_breakers: { enabled: maybe }", "staging");

        var production = await _rig.RunAsync("config", "validate", _files.Path);
        var staging = await _rig.RunAsync("config", "validate", _files.Path, "--environment", "staging");

        Assert.Equal((ExitCode.Ok, $"Valid for the environment production: {_files.Path}; components: pgmq."), (production.ExitCode, Assert.Single(production.Lines)));
        Assert.Equal(ExitCode.Invalid, staging.ExitCode);
        Assert.Contains("breakers.staging.yaml:1:30", staging.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S16_variables_are_checked_too()
    {
        _files.Write("circuit_breakers: { enabled: true }");
        _rig.Variables["TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD"] = "0";

        Assert.Contains("TASKER_CIRCUIT_BREAKERS__DEFAULT_CONFIG__FAILURE_THRESHOLD: ", (await _rig.RunAsync("config", "validate", _files.Path)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S17_a_file_that_is_not_there_is_a_fault()
    {
        var end = await _rig.RunAsync("config", "validate", "/no/such/file.yaml");

        Assert.Equal(ExitCode.Invalid, end.ExitCode);
        Assert.Contains("/no/such/file.yaml: the file cannot be read", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_holds_is_asked_of_the_silo_that_runs()
    {
        _rig.Silo.Answers("GET /api/config?name=pgmq", Report);

        var end = await _rig.RunAsync("config", "show", "pgmq");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Equal("pgmq (configured); version 7; environment production; files breakers.yaml", end.Lines[0]);
        Assert.Equal(["SETTING", "VALUE", "FROM", "SECTION"], end.Words[1]);
        Assert.Equal(["enabled", "true", "built_in", "circuit_breakers"], end.Words[2]);
        Assert.Equal(["failure_threshold", "3", "breakers.yaml:4:32", "component_configs.pgmq"], end.Words[3]);
        Assert.Equal(["failure_rate_threshold", "off", "built_in", "default_config"], end.Words[4]);
        Assert.Equal(5, end.Lines.Count);
    }

    [Fact]
    public async Task S18_files_that_were_superseded_are_told_with_what_they_say_otherwise()
    {
        _rig.Silo.Answers("GET /api/config?name=pgmq", Report
            .Replace("\"in_force\":true", "\"in_force\":false", StringComparison.Ordinal)
            .Replace("\"superseded\":[]", """ "superseded":[{"key":"timeout_seconds","value":9,"section":"default_config","layer":"file","source":"breakers.yaml:2:3"}]""", StringComparison.Ordinal));

        var end = await _rig.RunAsync("config", "show", "pgmq");

        Assert.Contains("This silo's files are not in force: another silo's are. To apply them, edit and save a file while the silo runs.", end.Lines);
        Assert.Equal(["timeout_seconds", "9", "breakers.yaml:2:3", "default_config"], end.Words[^1]);
    }

    [Fact]
    public async Task S18_a_refused_edit_is_the_first_line_and_its_faults_are_the_next()
    {
        _rig.Silo.Answers("GET /api/config?name=pgmq", With(
            """
            "state":"refused","refused":{"since":"2026-11-26T20:00:00Z","count":12,"faults":[
            {"source":"breakers.yaml:3:5","path":"circuit_breakers.x","message":"unknown key"}]}
            """));

        var end = await _rig.RunAsync("config", "show", "pgmq");

        Assert.Equal(
            [
                "REFUSED: an edit of this silo's files has been refused since 2026-11-26T20:00:00Z, with 12 faults. The settings below are in force.",
                "- breakers.yaml:3:5: circuit_breakers.x: unknown key",
                "- and 11 more",
            ],
            end.Lines.Take(3));
        Assert.StartsWith("pgmq (configured); version 7", end.Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task S18_superseded_files_are_the_first_line_and_other_silos_the_next()
    {
        _rig.Silo.Answers("GET /api/config?name=pgmq", With(
            """
            "state":"superseded","in_force_since":"2026-11-26T20:00:00Z","in_force_from":"10.0.0.2:11111",
            "silos":[{"silo":"10.0.0.1:11111","this":true,"environment":"production","state":"superseded","since":null,"by":null,"refused":null},
            {"silo":"10.0.0.2:11111","this":false,"environment":"staging","state":"in_force","since":null,"by":null,"refused":null},
            {"silo":"10.0.0.3:11111","this":false,"environment":"production","state":"superseded","since":null,"by":null,"refused":null},
            {"silo":"10.0.0.4:11111","this":false,"environment":"production","state":"refused","since":null,"by":null,
            "refused":{"since":"2026-11-26T20:01:00Z","count":1,"faults":[{"source":"breakers.yaml","path":"","message":"the file has no settings"}]}}],
            "different_environments":"the silos run with different environments: production: 10.0.0.1:11111; staging: 10.0.0.2:11111"
            """));

        Assert.Equal(
            [
                "SUPERSEDED: this silo's files are not in force; the files of 10.0.0.2:11111 are, since 2026-11-26T20:00:00Z.",
                "SUPERSEDED at silo 10.0.0.3:11111: its files are not in force.",
                "REFUSED at silo 10.0.0.4:11111: an edit of its files has been refused since 2026-11-26T20:01:00Z, with 1 fault.",
                "- breakers.yaml: the file has no settings",
                "ENVIRONMENTS DIFFER: the silos run with different environments: production: 10.0.0.1:11111; staging: 10.0.0.2:11111.",
            ],
            (await _rig.RunAsync("config", "show", "pgmq")).Lines.Take(5));
    }

    [Fact]
    public async Task S17_a_dash_is_standard_input()
    {
        _rig.Input = "circuit_breakers: { enabled: maybe }";

        var validated = await _rig.RunAsync("config", "validate", "-");
        var shown = await _rig.RunAsync("config", "show", "pgmq", "--file", "-");

        Assert.Equal((ExitCode.Invalid, ExitCode.Invalid), (validated.ExitCode, shown.ExitCode));
        Assert.Contains("-:1:30: circuit_breakers.enabled: found maybe", validated.Error, StringComparison.Ordinal);
        _rig.Input = "circuit_breakers: { component_configs: { pgmq: { failure_threshold: 3 } } }";
        Assert.Equal("Valid for the environment production: -; components: pgmq.", Assert.Single((await _rig.RunAsync("config", "validate", "-")).Lines));
        Assert.Contains(["failure_threshold", "3", "-:1:69", "component_configs.pgmq"], (await _rig.RunAsync("config", "show", "pgmq", "-f", "-")).Words);
    }

    [Theory]
    [InlineData("")]
    [InlineData("circuit_breakers: {}")]
    public async Task S17_a_file_without_settings_is_said_to_have_none(string yaml)
    {
        _files.Write(yaml);

        var end = await _rig.RunAsync("config", "validate", _files.Path);

        Assert.Equal((ExitCode.Invalid, ""), (end.ExitCode, end.Output));
        Assert.Contains("the file has no settings", end.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Staging")]
    [InlineData("STAGING")]
    public async Task S16_an_environment_is_taken_in_any_case(string environment)
    {
        _files.Write("circuit_breakers: { enabled: true }").Write("circuit_breakers: { enabled: false }", "staging");

        var end = await _rig.RunAsync("config", "validate", _files.Path, "--environment", environment);

        Assert.Contains("breakers.staging.yaml", Assert.Single(end.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_is_the_answer_of_the_api()
    {
        _rig.Silo.Answers("GET /api/config", Report);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Report), JsonNode.Parse((await _rig.RunAsync("config", "show", "-o", "json")).Output)));
    }

    [Fact]
    public async Task S16_of_a_file_the_same_is_shown_without_a_server()
    {
        _files.Write("circuit_breakers: { component_configs: { pgmq: { failure_threshold: 3 } } }").Write("circuit_breakers: { enabled: false }", "staging");

        var end = await _rig.RunAsync("config", "show", "pgmq/orders", "--file", _files.Path, "-e", "staging");

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Contains(["failure_threshold", "3", $"{_files.Path}:1:69", "component_configs.pgmq"], end.Words);
        Assert.Contains(["enabled", "false", $"{System.IO.Path.ChangeExtension(_files.Path, ".staging.yaml")}:1:30", "circuit_breakers"], end.Words);
        Assert.Contains(["timeout_seconds", "30", "built_in", "default_config"], end.Words);
        Assert.Empty(_rig.Servers);
    }

    [Fact]
    public async Task S17_of_a_bad_file_nothing_is_shown_but_its_faults()
    {
        _files.Write("circuit_breakers: { enabled: maybe }");

        var end = await _rig.RunAsync("config", "show", "pgmq", "--file", _files.Path);

        Assert.Equal((ExitCode.Invalid, ""), (end.ExitCode, end.Output));
        Assert.Contains(":1:30: circuit_breakers.enabled: found maybe", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_without_a_file_is_refused()
    {
        var end = await _rig.RunAsync("config", "show", "pgmq", "--environment", "staging");

        Assert.Equal(ExitCode.Usage, end.ExitCode);
        Assert.Contains("requires '--file'", end.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static string With(string more) => Report.Replace("\"superseded\":[]", "\"superseded\":[]," + more, StringComparison.Ordinal);
}
