using System.Text;

namespace TaskerCore.Orleans.Cli.Output;

/// <summary>Opens this process's standard streams.</summary>
internal static class Streams
{
    /// <summary>Standard output, and whether it is a terminal.</summary>
    public static (TextWriter Writer, bool IsTerminal) Output()
    {
        var stream = new StandardStream(1);
        return (Writer(stream), stream.IsOpen && !Console.IsOutputRedirected);
    }

    /// <summary>Standard error.</summary>
    public static TextWriter Error() => new QuietWriter(Writer(new StandardStream(2)));

    private static StreamWriter Writer(StandardStream stream)
    {
        var encoding = Console.OutputEncoding;
        return new StreamWriter(stream, encoding.Preamble.Length > 0 ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : encoding) { AutoFlush = true };
    }
}
