using TaskerCore.Orleans.Cli.Shell;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

/// <summary><c>watch</c> on a terminal.</summary>
public sealed class LiveScreenTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly CliRig _rig = new() { IsTerminal = true };

    public LiveScreenTests()
    {
        _rig.Variables["NO_COLOR"] = "1";
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List);
    }

    [Fact]
    public async Task It_is_drawn_anew_with_what_is_open_first_and_says_when_nobody_answers()
    {
        await using var screen = new Screen();
        var run = _rig.StartAsync(screen, TextWriter.Null, default, "watch");

        await ShowsAsync(screen, run, "2 breakers: 1 closed, 1 open");
        Assert.True(screen.Frame.IndexOf("billing", StringComparison.Ordinal) < screen.Frame.IndexOf("pgmq", StringComparison.Ordinal));

        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List.Replace("\"closed\",\"generation\":\"0\"", "\"forced_open\",\"generation\":\"1@a\"", StringComparison.Ordinal));
        await ShowsAsync(screen, run, "1 open, 1 forced_open");

        _rig.Silo.Answers("GET /api/breakers", _ => throw new HttpRequestException("refused"));
        await ShowsAsync(screen, run, "The table shows the last known state.");
        Assert.Contains("forced_open", screen.Frame, StringComparison.Ordinal);

        _rig.Terminal.Press('q');
        Assert.Equal(ExitCode.Ok, await run.WaitAsync(Limit));
    }

    [Fact]
    public async Task Keys_select_and_filter_and_another_size_is_drawn_at_once()
    {
        await using var screen = new Screen();
        var run = _rig.StartAsync(screen, TextWriter.Null, default, "watch");
        await ShowsAsync(screen, run, "> billing");

        _rig.Terminal.Press('\0', ConsoleKey.DownArrow);
        await ShowsAsync(screen, run, "> pgmq");
        foreach (var sign in "/bill")
        {
            _rig.Terminal.Press(sign);
        }

        await ShowsAsync(screen, run, "filter: bill_");
        Assert.DoesNotContain("pgmq", screen.Frame, StringComparison.Ordinal);
        _rig.Terminal.Press('q');
        await ShowsAsync(screen, run, "No name contains 'billq'.");
        _rig.Terminal.Press('\e', ConsoleKey.Escape);
        await ShowsAsync(screen, run, "> pgmq");

        _rig.Terminal.Size = (60, 20);
        _rig.Terminal.Happens(new MustRedraw());
        await Waiting.UntilAsync(() => Task.FromResult(screen.Frame.Split('\n').Length == 20), () => screen.Frame, Limit);
        _rig.Terminal.Press('q');
        Assert.Equal(ExitCode.Ok, await run.WaitAsync(Limit));
    }

    [Theory]
    [InlineData("q")]
    [InlineData("interrupt")]
    [InlineData("hang-up")]
    [InlineData("refused")]
    public async Task However_it_ends_the_screen_is_given_back_last(string end)
    {
        using var interrupt = new CancellationTokenSource();
        await using var screen = new Screen();
        var run = _rig.StartAsync(screen, TextWriter.Null, interrupt.Token, "watch");
        await ShowsAsync(screen, run, "> billing");

        switch (end)
        {
            case "q":
                _rig.Terminal.Press('q');
                break;
            case "interrupt":
                await interrupt.CancelAsync();
                break;
            case "hang-up":
                _rig.Terminal.Happens(new MustEnd());
                break;
            default:
                _rig.Silo.Refuses("GET /api/breakers", System.Net.HttpStatusCode.Unauthorized, """{"title":"A key is required."}""");
                await Waiting.UntilAsync(() => { _rig.Time.Advance(TimeSpan.FromSeconds(0.5)); return Task.FromResult(run.IsCompleted); }, () => screen.Frame, Limit);
                break;
        }

        Assert.Equal(end == "refused" ? ExitCode.NotAllowed : ExitCode.Ok, await run.WaitAsync(Limit));
        Assert.EndsWith(FakeTerminal.Left, screen.Text, StringComparison.Ordinal);
        Assert.True(_rig.Terminal.IsDisposed);
    }

    [Fact]
    public async Task A_first_look_that_fails_leaves_the_screen_as_it_is()
    {
        _rig.Silo.Answers("GET /api/breakers", _ => throw new HttpRequestException("refused"));

        var end = await _rig.RunAsync("watch");

        Assert.Equal((ExitCode.Unreachable, ""), (end.ExitCode, end.Output));
    }

    /// <summary>The clock goes on until it is there.</summary>
    private Task ShowsAsync(Screen screen, Task run, string text) => Waiting.UntilAsync(
        () =>
        {
            var shown = string.Join(' ', screen.Frame.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Contains(text, StringComparison.Ordinal);
            if (!shown)
            {
                _rig.Time.Advance(TimeSpan.FromSeconds(run.IsCompleted ? 0 : 0.5));
            }

            return Task.FromResult(shown);
        },
        () => $"not '{text}' but:\n{screen.Frame}",
        Limit);

    /// <summary>All that was drawn, one over the other.</summary>
    private sealed class Screen : TextWriter
    {
        private readonly Lock _lock = new();
        private readonly System.Text.StringBuilder _text = new();

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (_lock)
                {
                    return _text.ToString();
                }
            }
        }

        /// <summary>What was drawn last, without what moves the cursor.</summary>
        public string Frame => Text is var text && text.LastIndexOf("\e[H", StringComparison.Ordinal) is >= 0 and var at
            ? text[at..].Replace("\e[H", "", StringComparison.Ordinal).Replace("\e[K", "", StringComparison.Ordinal).Replace("\e[J", "", StringComparison.Ordinal)
            : string.Empty;

        /// <summary>A frame is one write.</summary>
        public override void Write(string? value)
        {
            lock (_lock)
            {
                _text.Append(value);
            }
        }

        public override void Write(char value)
        {
            lock (_lock)
            {
                _text.Append(value);
            }
        }
    }
}
