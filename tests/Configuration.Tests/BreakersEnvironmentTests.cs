using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Configuration.Tests;

/// <summary>S16: which environment it is, and which overlay belongs to it.</summary>
public sealed class BreakersEnvironmentTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    [Theory]
    [InlineData(null, null, "production")]
    [InlineData(null, "Staging", "Staging")]
    [InlineData("test", "Staging", "test")]
    [InlineData("", "Staging", "Staging")]
    [InlineData("  ", " Staging\r", "Staging")]
    [InlineData("\t", "", "production")]
    public void S16_the_environment_is_tasker_env_else_dotnet_environment_else_production(string? tasker, string? dotnet, string expected)
    {
        if (tasker is not null)
        {
            _files.Variable("TASKER_ENV", tasker);
        }

        if (dotnet is not null)
        {
            _files.Variable("DOTNET_ENVIRONMENT", dotnet);
        }

        Assert.Equal(expected, _files.Loader.EnvironmentName);
    }

    [Fact]
    public void S16_a_variable_is_found_in_any_case_and_the_exact_one_first() => Assert.Equal(
        ("test", "staging"),
        (_files.Variable("Tasker_Env", "test").Loader.EnvironmentName, _files.Variable("TASKER_ENV", "staging").Loader.EnvironmentName));

    [Theory]
    [InlineData("production", "Production")]
    [InlineData("Production", "production")]
    [InlineData("Production", "PRODUCTION")]
    [InlineData("Production", "Production")]
    public void S16_an_overlay_is_found_whatever_the_case_of_the_environment(string environment, string overlay)
    {
        var loaded = _files.Write("circuit_breakers: { default_config: { failure_threshold: 5 } }")
            .Write("circuit_breakers: { default_config: { failure_threshold: 8 } }", overlay)
            .Variable("DOTNET_ENVIRONMENT", environment).Loader.Load();

        Assert.Equal(8, loaded.Configuration.Default.FailureThreshold);
        Assert.EndsWith($"breakers.{overlay}.yaml", loaded.Files[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("breakers.production.yml")]
    [InlineData("breakers.PRODUCTION.YAML")]
    [InlineData("Breakers.production.yaml")]
    public void S16_an_overlay_is_found_with_the_other_suffix_of_yaml(string name)
    {
        _files.Write("circuit_breakers: { default_config: { failure_threshold: 5 } }");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_files.Path)!, name), "circuit_breakers: { default_config: { failure_threshold: 8 } }");

        Assert.Equal(8, _files.Loader.Load().Configuration.Default.FailureThreshold);
    }

    [Theory]
    [InlineData("breakers.Production.yaml")]
    [InlineData("breakers.production.yml")]
    public void S16_two_overlays_of_one_environment_are_a_fault_that_names_both(string second)
    {
        _files.Write("circuit_breakers: { enabled: true }").Write("circuit_breakers: { enabled: true }", "production");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_files.Path)!, second), "circuit_breakers: { enabled: true }");

        var fault = Assert.Single(_files.Faults());

        Assert.Contains("more than one overlay", fault, StringComparison.Ordinal);
        Assert.Contains("breakers.production.yaml", fault, StringComparison.Ordinal);
        Assert.Contains(second, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void S16_an_overlay_that_is_a_directory_or_leads_nowhere_is_a_fault()
    {
        var overlay = Path.ChangeExtension(_files.Write("circuit_breakers: { enabled: true }").Path, ".production.yaml");
        Directory.CreateDirectory(overlay);
        Assert.Contains("it is a directory", Assert.Single(_files.Faults()), StringComparison.Ordinal);

        Directory.Delete(overlay);
        File.CreateSymbolicLink(overlay, "/no/such/file");
        Assert.Contains("it does not exist", Assert.Single(_files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void S16_an_overlay_without_settings_is_a_fault_that_says_to_remove_it() =>
        Assert.Contains("or remove the overlay", Assert.Single(_files.Write("circuit_breakers: { enabled: true }").Write("# later\n", "production").Faults()), StringComparison.Ordinal);

    [Theory]
    [InlineData("Breakers.yaml")]
    [InlineData("breakers.yml")]
    public void S17_a_file_that_is_not_there_has_its_near_name_suggested(string near)
    {
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_files.Path)!, near), "circuit_breakers: { enabled: true }");

        Assert.Contains($"it does not exist; did you mean '{near}'?", Assert.Single(_files.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void S16_a_variable_that_is_set_twice_in_different_case_is_a_fault() => Assert.Contains(
        "is set twice",
        Assert.Single(_files.Write("circuit_breakers: { enabled: true }").Variable("TASKER_CIRCUIT_BREAKERS__ENABLED", "true").Variable("tasker_circuit_breakers__enabled", "false").Faults()),
        StringComparison.Ordinal);

    public void Dispose() => _files.Dispose();
}
