using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Commands;

public sealed class CompletionCommandTests
{
    private readonly CliRig _rig = new();

    [Theory]
    [InlineData("bash", "complete -o default -F _tasker_breakers tasker-breakers")]
    [InlineData("zsh", "#compdef tasker-breakers")]
    [InlineData("fish", "complete --command tasker-breakers")]
    public async Task It_prints_the_script_of_the_shell(string shell, string part)
    {
        var end = await _rig.RunAsync("completion", shell);

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Contains(part, end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_shell_is_refused_with_those_that_there_are()
    {
        var end = await _rig.RunAsync("completion", "cmd");

        Assert.Equal(ExitCode.Usage, end.ExitCode);
        Assert.Contains("'bash' 'zsh' 'fish'", end.Error, StringComparison.Ordinal);
    }
}
