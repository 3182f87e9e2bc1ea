using System.Text;

namespace TaskerCore.Orleans.Fleet.Live;

/// <summary>A whole terminal, until it is disposed: then what was on it before is there again.</summary>
internal sealed class Terminal : IDisposable
{
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string ClearRest = "\u001b[K";
    private const string ClearBelow = "\u001b[J";

    /// <summary>Takes the terminal over.</summary>
    public Terminal() => Console.Out.Write(Enter);

    /// <summary>Whether there is one to show a table on, and a keyboard.</summary>
    public static bool IsThere =>
        !Console.IsOutputRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Starts reading the keyboard.</summary>
    /// <remarks>On a thread of its own that waits in the read: between two reads the terminal would print what is typed. It ends with the process.</remarks>
    /// <param name="press">Receives each key, on that thread.</param>
    public static void ReadKeys(Action<char> press)
    {
        new Thread(() =>
        {
            while (true)
            {
                press(Console.ReadKey(intercept: true).KeyChar);
            }
        })
        { IsBackground = true, Name = "keyboard" }.Start();
    }

    /// <summary>Shows the frame that is made for the size that the terminal has now.</summary>
    public static void Show(Func<int, int, IReadOnlyList<Line>> frame)
    {
        var text = new StringBuilder(Home);
        var lines = frame(Console.WindowWidth, Console.WindowHeight);
        for (var index = 0; index < lines.Count; index++)
        {
            text.Append(index == 0 ? string.Empty : "\r\n").Append(lines[index].ToAnsi()).Append(ClearRest);
        }

        Console.Out.Write(text.Append(ClearBelow));
    }

    /// <inheritdoc/>
    public void Dispose() => Console.Out.Write(Leave);
}
