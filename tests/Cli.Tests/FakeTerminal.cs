using System.Threading.Channels;
using TaskerCore.Orleans.Cli.Shell;

namespace TaskerCore.Orleans.Cli.Tests;

/// <summary>A terminal whose keys are pressed by a test.</summary>
internal sealed class FakeTerminal : ITerminal
{
    public const string Entered = "<entered>";
    public const string Left = "<left>";

    private readonly Channel<TerminalEvent> _events = Channel.CreateUnbounded<TerminalEvent>();

    public (int Width, int Height) Size { get; set; } = (80, 24);

    public ChannelReader<TerminalEvent> Events => _events.Reader;

    public bool IsDisposed { get; private set; }

    public void Enter(TextWriter output) => output.Write(Entered);

    public void Show(TextWriter output, string frame) => output.Write(frame);

    public void Leave(TextWriter output) => output.Write(Left);

    public void Press(char sign, ConsoleKey key = ConsoleKey.None) => _events.Writer.TryWrite(new KeyPressed(new ConsoleKeyInfo(sign, key, shift: false, alt: false, control: false)));

    public void Happens(TerminalEvent what) => _events.Writer.TryWrite(what);

    public void Dispose() => IsDisposed = true;
}
