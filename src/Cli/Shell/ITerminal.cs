using System.Threading.Channels;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>A terminal of which a program has the whole screen, until it is disposed.</summary>
internal interface ITerminal : IDisposable
{
    /// <summary>Columns and rows, now.</summary>
    (int Width, int Height) Size { get; }

    /// <summary>What happens at it: keys, which are not echoed; that it has another size; that it is to be left.</summary>
    ChannelReader<TerminalEvent> Events { get; }

    /// <summary>Takes the screen: what was on it is put back at the end.</summary>
    void Enter(TextWriter output);

    /// <summary>Draws a frame, unless the screen was given back.</summary>
    void Show(TextWriter output, string frame);

    /// <summary>Gives the screen back. More than once is as once.</summary>
    void Leave(TextWriter output);
}

/// <summary>Something that happened at a terminal.</summary>
internal abstract record TerminalEvent;

/// <summary>A key.</summary>
internal sealed record KeyPressed(ConsoleKeyInfo Key) : TerminalEvent;

/// <summary>It must be drawn anew: it has another size, or the program goes on after it was stopped.</summary>
internal sealed record MustRedraw : TerminalEvent;

/// <summary>The terminal is gone, or the program is told to end.</summary>
internal sealed record MustEnd : TerminalEvent;
