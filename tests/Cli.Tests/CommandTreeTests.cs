using TaskerCore.Orleans.Cli.Shell;

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

        Assert.Equal([ExitCode.Ok, ExitCode.Invalid, ExitCode.Usage, ExitCode.NotFound, ExitCode.Conflict, ExitCode.NotAllowed, ExitCode.Unreachable, ExitCode.Open, ExitCode.OutputFailed], told);
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
    public async Task Help_shows_which_argument_may_be_left_out_and_which_states_there_are()
    {
        var help = (await _rig.RunAsync("--help")).Output;
        Assert.Contains("  watch [NAME]  ", help, StringComparison.Ordinal);
        Assert.Contains("  get <NAME>  ", help, StringComparison.Ordinal);

        Assert.Contains("--state <closed|open|half_open|forced_open|forced_closed>", (await _rig.RunAsync("list", "--help")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list -o json")]
    [InlineData("list -o yaml")]
    [InlineData("get billing")]
    [InlineData("history billing")]
    [InlineData("watch")]
    [InlineData("watch -o json")]
    [InlineData("force-open billing -r drill")]
    [InlineData("completion bash")]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task Output_whose_reader_is_gone_ends_quietly_and_output_that_cannot_be_written_is_a_fault(string line)
    {
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List).Answers("GET /api/breaker?name=billing", FakeSilo.Billing).Answers("GET /api/breaker/history?name=billing", FakeSilo.History)
            .Answers("POST /api/breaker/force-open?name=billing", """{"breaker":{"name":"billing","state":"forced_open","generation":"4@0b7c"},"stored":true}""");

        var gone = await RunAsync(new IOException("Broken pipe", 32));
        Assert.Equal((ExitCode.Ok, ""), gone);

        var (exitCode, error) = await RunAsync(new IOException("No space left on device", 28));
        Assert.Equal(ExitCode.OutputFailed, exitCode);
        Assert.StartsWith("tasker-breakers: Standard output cannot be written: No space left on device", error, StringComparison.Ordinal);
        Assert.Equal(line.StartsWith("force", StringComparison.Ordinal), error.Contains("The command was carried out nevertheless: billing is forced_open", StringComparison.Ordinal));
        Assert.Single(error.TrimEnd().Split('\n'));

        async Task<(int ExitCode, string Error)> RunAsync(IOException fault)
        {
            await using var output = new FailingWriter(fault);
            using var error = new StringWriter();
            return (await _rig.StartAsync(output, error, default, line.Split(' ')).WaitAsync(TimeSpan.FromSeconds(20)), error.ToString());
        }
    }

    private sealed class FailingWriter(IOException fault) : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new Cli.Output.OutputFault(fault.Message, fault);

        public override void Write(char[] buffer, int index, int count) => Write(' ');
    }
}
