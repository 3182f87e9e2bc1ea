using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests.Completion;

/// <summary>What a shell is offered.</summary>
public sealed class SuggestActionTests
{
    private readonly CliRig _rig = new();

    public SuggestActionTests() => _rig.Silo.Answers("GET /api/breakers", FakeSilo.List);

    [Theory]
    [InlineData("", "completion config force-closed force-open get history list release reset watch")]
    [InlineData("f", "force-closed force-open")]
    [InlineData("config ", "show validate")]
    [InlineData("get b", "billing")]
    [InlineData("get ", "billing pgmq")]
    [InlineData("get billing ", "")]
    [InlineData("force-open pg", "pgmq")]
    [InlineData("list --st", "--state")]
    [InlineData("list --state ", "closed forced_closed forced_open half_open open")]
    [InlineData("list --state h", "half_open")]
    [InlineData("list --output=y", "yaml")]
    [InlineData("get illing", "")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("get --exit", "--exit-code")]
    public async Task What_may_stand_there_is_offered(string line, string expected) => Assert.Equal(expected, await SuggestAsync(line));

    [Fact]
    public async Task What_stands_behind_the_cursor_does_not_count() =>
        Assert.Equal("force-closed force-open", string.Join(' ', (await _rig.RunAsync("[suggest:1]", "f billing --reason x")).Lines.Order(StringComparer.Ordinal)));

    [Fact]
    public async Task The_server_of_the_line_is_asked_and_with_the_line_s_key()
    {
        _rig.Variables["TASKER_BREAKERS_KEY"] = "k";

        Assert.Equal("billing pgmq", await SuggestAsync("get --server http://127.0.0.1:9 "));

        Assert.Equal("http://127.0.0.1:9/", Assert.Single(_rig.Servers).ToString());
        Assert.Equal("Bearer k", Assert.Single(_rig.Silo.Asked).Authorization);
    }

    [Theory]
    [InlineData("get --server http://127.0.0.1:9 pg", "pgmq")]
    [InlineData("get -s http://127.0.0.1:9 -s http://127.0.0.1:10 --timeout 60s pg", "pgmq")]
    [InlineData("get --server=http://127.0.0.1:9 pg", "pgmq")]
    [InlineData("--server http://127.0.0.1:9 get pg", "pgmq")]
    public async Task Wherever_the_servers_stand_names_are_offered(string line, string expected) => Assert.Equal(expected, await SuggestAsync(line));

    [Fact]
    public async Task Where_no_silo_answers_nothing_is_offered_and_nothing_is_said()
    {
        _rig.Silo.Answers("GET /api/breakers", _ => throw new HttpRequestException("refused"));

        var end = await _rig.RunAsync("[suggest:4]", "get ");

        Assert.Equal((ExitCode.Ok, "", ""), (end.ExitCode, end.Output, end.Error));
    }

    [Theory]
    [InlineData("get ", 1)]
    [InlineData("--timeout 20s get ", 20)]
    public async Task A_silo_that_says_nothing_is_not_waited_for_longer_than_a_second_unless_the_line_says_so(string line, int seconds)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Silo.Answers("GET /api/breakers", async cancellationToken =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("not cancelled");
        });

        var suggestion = Task.Run(() => _rig.RunAsync($"[suggest:{line.Length}]", line));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _rig.Time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        Assert.False(suggestion.IsCompleted);
        _rig.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Empty((await suggestion.WaitAsync(TimeSpan.FromSeconds(20))).Output);
    }

    [Fact]
    public async Task Only_names_of_components_are_offered()
    {
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List.Replace("\"billing\"", "\"$(reboot)\"", StringComparison.Ordinal));

        Assert.Equal("pgmq", await SuggestAsync("get "));
    }

    private async Task<string> SuggestAsync(string line)
    {
        var end = await _rig.RunAsync($"[suggest:{line.Length}]", line);
        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        return string.Join(' ', end.Lines.Order(StringComparer.Ordinal));
    }
}
