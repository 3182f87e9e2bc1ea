using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace TaskerCore.Orleans.Cli.Shell;

/// <summary>The terminal of this process.</summary>
/// <remarks>A thread of its own waits for keys: while a key is waited for, the runtime has the terminal echo none.</remarks>
internal sealed class SystemTerminal : ITerminal
{
    private const string TakeScreen = "\e[?1049h\e[?25l\e[H\e[2J";
    private const string GiveScreen = "\e[?25h\e[?1049l";
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 24;

    private readonly Channel<TerminalEvent> _events = Channel.CreateUnbounded<TerminalEvent>();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lock _lock = new();
    private bool _hasScreen;

    public (int Width, int Height) Size
    {
        get
        {
            try
            {
                return Console.WindowWidth > 0 && Console.WindowHeight > 0 ? (Console.WindowWidth, Console.WindowHeight) : (DefaultWidth, DefaultHeight);
            }
            catch (IOException)
            {
                return (DefaultWidth, DefaultHeight);
            }
        }
    }

    public ChannelReader<TerminalEvent> Events => _events.Reader;

    public void Enter(TextWriter output)
    {
        Take(output);
        if (!OperatingSystem.IsWindows())
        {
            Listen(PosixSignal.SIGWINCH, _ => _events.Writer.TryWrite(new MustRedraw()));
            Listen(PosixSignal.SIGHUP, End);
            Listen(PosixSignal.SIGQUIT, End);

            // Ctrl-Z: the shell gets its screen back, and what was there is drawn again when the program goes on.
            Listen(PosixSignal.SIGTSTP, context =>
            {
                context.Cancel = true;
                Leave(output);
                _ = NativeMethods.Kill(Environment.ProcessId, OperatingSystem.IsMacOS() ? NativeMethods.StopOnMac : NativeMethods.Stop);
            });
            Listen(PosixSignal.SIGCONT, _ =>
            {
                Take(output);
                _events.Writer.TryWrite(new MustRedraw());
            });
        }

        if (!Console.IsInputRedirected)
        {
            new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
        }
    }

    public void Show(TextWriter output, string frame)
    {
        lock (_lock)
        {
            if (_hasScreen)
            {
                output.Write(frame);
            }
        }
    }

    public void Leave(TextWriter output)
    {
        lock (_lock)
        {
            if (_hasScreen)
            {
                _hasScreen = false;
                output.Write(GiveScreen);
            }
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Take(TextWriter output)
    {
        lock (_lock)
        {
            if (!_hasScreen)
            {
                _hasScreen = true;
                output.Write(TakeScreen);
            }
        }
    }

    private void Listen(PosixSignal signal, Action<PosixSignalContext> handle) => _signals.Add(PosixSignalRegistration.Create(signal, handle));

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        _events.Writer.TryWrite(new MustEnd());
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
            {
                _events.Writer.TryWrite(new KeyPressed(Console.ReadKey(intercept: true)));
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // The terminal has no keys any more: it is gone.
            _events.Writer.TryWrite(new MustEnd());
        }
    }

    private static class NativeMethods
    {
        /// <summary>SIGSTOP. The runtime has no way to stop its own process, as Ctrl-Z must.</summary>
        public const int Stop = 19;
        public const int StopOnMac = 17;

        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int process, int signal);
    }
}
