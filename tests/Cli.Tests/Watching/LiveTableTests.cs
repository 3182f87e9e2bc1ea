using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

/// <summary><c>watch</c> on a terminal.</summary>
public sealed class LiveTableTests
{
    private readonly CliRig _rig = new() { IsTerminal = true };

    public LiveTableTests()
    {
        _rig.Variables["NO_COLOR"] = "1";
        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List);
    }

    [Fact]
    public async Task The_table_is_drawn_anew_with_what_is_open_first_and_says_when_nobody_answers()
    {
        using var interrupt = new CancellationTokenSource();
        await using var screen = new Screen();
        var run = _rig.StartAsync(screen, TextWriter.Null, interrupt.Token, "watch");

        await ShowsAsync("at 2026-11-26T20:05:00Z. Ctrl-C ends.");
        Assert.True(Drawn().IndexOf("billing", StringComparison.Ordinal) < Drawn().IndexOf("pgmq", StringComparison.Ordinal));

        _rig.Silo.Answers("GET /api/breakers", FakeSilo.List.Replace("\"closed\",\"generation\":\"0\"", "\"forced_open\",\"generation\":\"1@a\"", StringComparison.Ordinal));
        await ShowsAsync("forced_open");

        _rig.Silo.Answers("GET /api/breakers", _ => throw new HttpRequestException("refused"));
        await ShowsAsync("Shown is what was seen last.");
        Assert.Contains("forced_open", Drawn()[Drawn().LastIndexOf("NAME", StringComparison.Ordinal)..], StringComparison.Ordinal);

        await interrupt.CancelAsync();
        Assert.Equal(ExitCode.Ok, await run.WaitAsync(TimeSpan.FromSeconds(20)));

        string Drawn() => screen.Text;

        // The clock goes on until it is there. Lines may be cut where they are longer than the terminal.
        Task ShowsAsync(string text) => Waiting.UntilAsync(
            () =>
            {
                var shown = string.Join(' ', Drawn().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Contains(text, StringComparison.Ordinal);
                if (!shown)
                {
                    _rig.Time.Advance(TimeSpan.FromSeconds(run.IsCompleted ? 0 : 0.5));
                }

                return Task.FromResult(shown);
            },
            () => $"not '{text}' but:\n{Drawn()}",
            TimeSpan.FromSeconds(20));
    }
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

        public override void Write(char value)
        {
            lock (_lock)
            {
                _text.Append(value);
            }
        }
    }
}
