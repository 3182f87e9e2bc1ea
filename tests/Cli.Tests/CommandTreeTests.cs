namespace TaskerCore.Orleans.Cli.Tests;

/// <summary>How command lines are read, and how help is given.</summary>
public sealed class CommandTreeTests
{
    private readonly CliRig _rig = new();

    [Theory]
    [InlineData("--help")]
    [InlineData("list --help")]
    [InlineData("get --help")]
    [InlineData("watch --help")]
    [InlineData("history --help")]
    [InlineData("force-open --help")]
    [InlineData("force-closed -h")]
    [InlineData("release --help")]
    [InlineData("reset --help")]
    [InlineData("config validate --help")]
    [InlineData("config show --help")]
    [InlineData("completion --help")]
    public async Task Help_tells_the_options_and_the_exit_codes_and_asks_no_server(string line)
    {
        var end = await _rig.RunAsync(line.Split(' '));

        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        Assert.Contains("tasker-breakers", end.Output, StringComparison.Ordinal);
        Assert.Contains("--server, -s <URL>", end.Output.Replace("-s, --server", "--server, -s", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("6   no silo answers", end.Output, StringComparison.Ordinal);
        Assert.Empty(_rig.Silo.Asked);
    }

    [Fact]
    public async Task The_exit_codes_that_help_tells_are_those_there_are()
    {
        var told = (await _rig.RunAsync("--help")).Words.SkipWhile(words => words is not ["Exit", "codes:"]).Skip(1).Select(words => int.Parse(words[0], null));

        Assert.Equal([ExitCode.Ok, ExitCode.Invalid, ExitCode.Usage, ExitCode.NotFound, ExitCode.Conflict, ExitCode.NotAllowed, ExitCode.Unreachable, ExitCode.Open], told);
    }

    [Theory]
    [InlineData("tasker-breakers --help", "")]
    [InlineData("tasker-breakers --help", "lsit")]
    [InlineData("tasker-breakers list --help", "list --state ajar")]
    [InlineData("tasker-breakers list --help", "list --output xml")]
    [InlineData("tasker-breakers config --help", "config")]
    [InlineData("tasker-breakers config show --help", "config show --nonsense x")]
    [InlineData("tasker-breakers get --help", "get a b")]
    [InlineData("tasker-breakers watch --help", "watch --interval 10ms")]
    [InlineData("tasker-breakers watch --help", "watch --interval 2d")]
    [InlineData("tasker-breakers list --help", "list --timeout 2d")]
    [InlineData("tasker-breakers list --help", "list --timeout")]
    [InlineData("tasker-breakers list --help", "list --key secret")]
    public async Task A_command_line_that_is_none_is_told_in_one_line_with_where_to_read_on(string help, string line)
    {
        var end = await _rig.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((ExitCode.Usage, ""), (end.ExitCode, end.Output));
        Assert.StartsWith("tasker-breakers: ", end.Error, StringComparison.Ordinal);
        Assert.EndsWith($" See {help}.\n", end.Error, StringComparison.Ordinal);
        Assert.Single(end.Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("secret", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var end = await _rig.RunAsync("--version");

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.Single(end.Lines));
    }

    [Fact]
    public async Task Where_the_reader_of_the_output_is_gone_the_end_is_quiet()
    {
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List);
        await using var closed = new ClosedPipe();
        using var error = new StringWriter();

        Assert.Equal(ExitCode.Ok, await _rig.StartAsync(closed, error, default, "list").WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Empty(error.ToString());
    }

    private sealed class ClosedPipe : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("Broken pipe");

        public override void Write(char[] buffer, int index, int count) => throw new IOException("Broken pipe");
    }
}
