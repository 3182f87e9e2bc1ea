using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Operations.Tests.Alerts;

/// <summary>docker/prometheus/check.sh: promtool's own judgement of the rules and of their unit tests.</summary>
public sealed class AlertCheckTests
{
    private static readonly string Script = Path.Combine(AlertFiles.Folder, "check.sh");

    [Fact]
    public async Task The_rules_are_well_formed_and_pass_their_tests()
    {
        var (exitCode, said) = await ProgramRun.OfAsync(Script, AlertFiles.Folder);

        Assert.True(exitCode == 0, said);
        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("for: 30s", "for: 300s", "FAILED")]
    [InlineData("> 0.1", "> 0.3", "FAILED")]
    [InlineData("severity: info", "severity: none", "FAILED")]
    [InlineData("unless on (job, instance)", "unless on (job, instance", "parse error")]
    public async Task A_rule_that_does_other_than_its_tests_say_or_cannot_be_read_fails_the_check(string right, string wrong, string complaint)
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-alerts-");
        try
        {
            Assert.Contains(right, AlertFiles.RulesText, StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "alerts.yaml"), AlertFiles.RulesText.Replace(right, wrong, StringComparison.Ordinal));
            foreach (var test in Directory.EnumerateFiles(Path.Combine(AlertFiles.Folder, "tests")))
            {
                File.Copy(test, Path.Combine(folder.CreateSubdirectory("tests").FullName, Path.GetFileName(test)));
            }

            var (exitCode, said) = await ProgramRun.OfAsync(Script, folder.FullName);

            Assert.NotEqual(0, exitCode);
            Assert.Contains(complaint, said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
