using System.Text.Json.Nodes;
using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Cli.Tests.EndToEnd;

/// <summary>A silo alone, in memory.</summary>
public sealed class RunningSilo : IAsyncLifetime
{
    private readonly SiloProcess _silo = SiloProcess.Start("cli-silo", postgres: null);

    public Uri Address => _silo.Address;

    public async ValueTask InitializeAsync() => await _silo.ReadyAsync();

    public async ValueTask DisposeAsync() => await _silo.DisposeAsync();
}

/// <summary>The built tool against a real silo.</summary>
public sealed class ToolTests(RunningSilo silo) : IClassFixture<RunningSilo>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task S10_an_operators_day_list_force_open_look_and_release()
    {
        const string name = "day/of:operator";

        Assert.Contains("pgmq", (await OkAsync("list")).Words.Skip(1).Select(words => words[0]));
        Assert.Contains("is forced_open for 15m, and that is stored.", (await OkAsync("force-open", name, "--reason", "maintenance", "--actor", "anna", "--ttl", "15m", "--create")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Open, (await Tool.RunAsync(silo.Address, "get", name, "--exit-code")).ExitCode);
        Assert.Equal(ExitCode.Conflict, (await Tool.RunAsync(silo.Address, "reset", name, "-r", "x")).ExitCode);
        Assert.Contains("is closed, and that is stored.", (await OkAsync("release", name, "--reason", "done")).Output, StringComparison.Ordinal);

        var history = JsonNode.Parse((await OkAsync("history", name, "-o", "json")).Output)!["transitions"]!.AsArray();
        Assert.Equal(["forced_open", "closed"], history.Select(transition => transition!["to"]!.GetValue<string>()));
        Assert.Equal("anna", history[0]!["actor"]!.GetValue<string>());
        Assert.Equal($"{Environment.UserName}@{Environment.MachineName}", history[1]!["actor"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_breaker_that_is_not_there_and_a_server_that_is_not_there_have_exit_codes_and_a_line()
    {
        var missing = await Tool.RunAsync(silo.Address, "get", "nobody");
        Assert.Equal(ExitCode.NotFound, missing.ExitCode);
        Assert.Single(missing.Error.TrimEnd().Split('\n'));

        var unreachable = await Tool.RunAsync(new Uri("http://127.0.0.1:1"), "list");
        Assert.Equal(ExitCode.Unreachable, unreachable.ExitCode);
        Assert.Single(unreachable.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdin")]
    [InlineData("<(cat)")]
    public async Task S17_what_comes_through_a_pipe_is_checked(string file)
    {
        foreach (var (value, exitCode) in new[] { ("maybe", ExitCode.Invalid), ("true", ExitCode.Ok) })
        {
            var end = await Tool.RunAsync(
                "bash", ["-c", $"exec 3<&0; dotnet '{Tool.Assembly}' config validate {file.Replace("cat", "cat <&3", StringComparison.Ordinal)}"], silo.Address, path: null, $"circuit_breakers:\n  enabled: {value}\n");

            Assert.True(end.ExitCode == exitCode, $"{end.ExitCode}: {end.Output}{end.Error}");
            Assert.Equal(exitCode == ExitCode.Invalid, end.Error.Contains(":2:12: circuit_breakers.enabled: found maybe", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task S16_the_settings_in_force_are_told_with_the_shipped_files_places()
    {
        var end = await OkAsync("config", "show", "pgmq");

        Assert.Matches("^pgmq \\(configured\\); version 1; environment ", end.Lines[0]);
        Assert.Contains(end.Words, words => words is ["success_threshold", "2", var place, "component_configs.pgmq"] && place.StartsWith("circuit_breakers.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_tells_each_change_and_ends_well_by_an_interrupt()
    {
        // A signal that whoever runs the tests ignores would be ignored by this one too.
        await using var watch = ManagedProcess.StartDotnet(
            "watch", Tool.Assembly, ["watch", "--server", silo.Address.ToString(), "--interval", "100ms", .. Tool.Patience], launcher: ["env", "--default-signal=INT"]);
        await watch.WaitForLineAsync(line => line.EndsWith(" pgmq: closed", StringComparison.Ordinal), Limit);

        await OkAsync("force-open", "watched", "-r", "drill", "--actor", "anna", "--create");

        // At first sight it may be closed still: a command creates its breaker, and then commands it.
        await watch.WaitForLineAsync(
            line => line.EndsWith(" watched: forced_open", StringComparison.Ordinal) || line.EndsWith(" watched: closed -> forced_open (force_open) by anna: drill", StringComparison.Ordinal), Limit);
        await OkAsync("release", "watched", "-r", "done", "--actor", "anna");
        await watch.WaitForLineAsync(line => line.EndsWith(" watched: forced_open -> closed (release) by anna: done", StringComparison.Ordinal), Limit);

        watch.Signal(Signals.Interrupt);
        await Waiting.UntilAsync(() => Task.FromResult(watch.HasExited), () => "it still runs", Limit);
        Assert.Equal(ExitCode.Ok, watch.ExitCode);
    }

    [Fact]
    public async Task Watch_ends_when_its_reader_has_seen_enough()
    {
        var piped = Tool.RunAsync("bash", ["-c", "dotnet \"$0\" watch --interval 100ms --timeout 60s | grep -m 1 'enough: forced_open'", Tool.Assembly], silo.Address, path: null, input: string.Empty);

        // Each change is a write, and the first that finds no reader ends it.
        while (!piped.IsCompleted)
        {
            await OkAsync("force-open", "enough", "-r", "drill", "--create");
        }

        Assert.Contains("enough: forced_open", (await piped).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bash_completes_a_name_that_the_server_knows()
    {
        var folder = Directory.CreateTempSubdirectory("taskercore-cli-");
        try
        {
            var program = Path.Combine(folder.FullName, "tasker-breakers");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Tool.Assembly}' \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            await OkAsync("force-closed", "typed:name/x", "-r", "create it", "--create");

            // A terminal, a shell that a person sits before, and a tab: for a command, a plain name, and a name that bash cuts at its colon.
            var end = await Tool.RunAsync(
                "script",
                ["--quiet", "--return", "--command", "bash --norc --noprofile -i", "/dev/null"],
                silo.Address,
                folder.FullName,
                "source <(tasker-breakers completion bash)\ntasker-breakers --timeout 60s ge\tpgm\t-o yaml\ntasker-breakers --timeout 60s get typed:na\t-o yaml\nexit 7\n");

            Assert.Equal(7, end.ExitCode);
            Assert.Contains("name: pgmq", end.Lines);
            Assert.Contains("name: \"typed:name/x\"", end.Lines);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<CliEnd> OkAsync(params string[] args)
    {
        var end = await Tool.RunAsync(silo.Address, args);
        Assert.Equal((ExitCode.Ok, ""), (end.ExitCode, end.Error));
        return end;
    }
}
