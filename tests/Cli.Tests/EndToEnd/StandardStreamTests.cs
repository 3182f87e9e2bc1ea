using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.EndToEnd;

/// <summary>The built tool with standard streams that cannot be written.</summary>
public sealed class StandardStreamTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Theory]
    [InlineData("completion bash > /dev/full", ExitCode.OutputFailed, true)]
    [InlineData("completion bash >&-", ExitCode.OutputFailed, true)]
    [InlineData("completion bash 1< /dev/null", ExitCode.OutputFailed, true)]
    [InlineData("--help > /dev/full", ExitCode.OutputFailed, true)]
    [InlineData("--version >&-", ExitCode.OutputFailed, true)]
    [InlineData("config show -f \"$FILE\" > /dev/full", ExitCode.OutputFailed, true)]
    [InlineData("config show -f \"$FILE\" -o json > /dev/full", ExitCode.OutputFailed, true)]
    [InlineData("config validate \"$FILE\" -o yaml >&-", ExitCode.OutputFailed, true)]
    [InlineData("list -s http://127.0.0.1:1 2>&-", ExitCode.Unreachable, false)]
    [InlineData("list -s http://127.0.0.1:1 2> /dev/full", ExitCode.Unreachable, false)]
    [InlineData("lsit 2>&-", ExitCode.Usage, false)]
    [InlineData("completion bash > /dev/full 2>&-", ExitCode.OutputFailed, false)]
    [InlineData("completion bash <&- >&- 2>&-", ExitCode.OutputFailed, false)]
    [InlineData("completion bash 2>&- > /dev/null", ExitCode.Ok, false)]
    [InlineData("completion bash | true; exit ${PIPESTATUS[0]}", ExitCode.Ok, false)]
    public async Task What_cannot_be_written_is_an_exit_code_and_a_line_where_one_can_be_written(string line, int exitCode, bool isTold)
    {
        await File.WriteAllTextAsync(_file, "circuit_breakers: { enabled: true }\n");

        var end = await Tool.RunAsync("bash", ["-c", $"FILE='{_file}'; dotnet '{Tool.Assembly}' {line}"], new Uri("http://127.0.0.1:1"), path: null, input: string.Empty);

        Assert.Equal(exitCode, end.ExitCode);
        Assert.Equal(isTold, end.Error.StartsWith("tasker-breakers: Standard output cannot be written: ", StringComparison.Ordinal));
        Assert.Equal(isTold ? 1 : 0, end.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task What_is_appended_to_a_file_stands_where_the_file_ended()
    {
        var end = await Tool.RunAsync("bash", ["-c", $"(echo before; dotnet '{Tool.Assembly}' --version; echo after) > '{_file}'"], new Uri("http://127.0.0.1:1"), path: null, input: string.Empty);

        Assert.Equal(ExitCode.Ok, end.ExitCode);
        var lines = await File.ReadAllLinesAsync(_file);
        Assert.Equal(("before", 3, "after"), (lines[0], lines.Length, lines[^1]));
    }

    public void Dispose() => File.Delete(_file);
}
