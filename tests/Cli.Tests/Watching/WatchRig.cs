using System.Threading.Channels;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

/// <summary>A <c>watch</c> that runs, whose clock goes only when it is told to.</summary>
internal sealed class WatchRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _interrupt = new();
    private readonly Lines _output = new();
    private readonly Lines _error = new();
    private Task<int> _run = Task.FromResult(0);

    public CliRig Cli { get; init; } = new();

    public void Start(params string[] args) => _run = Cli.StartAsync(_output, _error, _interrupt.Token, ["watch", .. args]);

    public Task<string> NextLineAsync() => NextAsync(_output);

    public Task<string> NextErrorAsync() => NextAsync(_error);

    /// <summary>Ctrl-C.</summary>
    public async Task<int> InterruptAsync()
    {
        await _interrupt.CancelAsync();
        return await _run.WaitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await InterruptAsync();
        _interrupt.Dispose();
        await _output.DisposeAsync();
        await _error.DisposeAsync();
    }

    /// <summary>The next line, with the clock going on until it comes.</summary>
    private Task<string> NextAsync(Lines lines) => Cli.Time.FinishAsync(lines.Reader.ReadAsync().AsTask(), step: TimeSpan.FromSeconds(0.5));

    private sealed class Lines : TextWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private readonly System.Text.StringBuilder _line = new();

        public ChannelReader<string> Reader => _lines.Reader;

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value)
        {
            if (value != '\n')
            {
                _line.Append(value);
                return;
            }

            _lines.Writer.TryWrite(_line.ToString());
            _line.Clear();
        }
    }
}
