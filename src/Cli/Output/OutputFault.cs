namespace TaskerCore.Orleans.Cli.Output;

/// <summary>What was to be printed cannot be: the disk is full, the stream is closed, the terminal is gone.</summary>
internal sealed class OutputFault(string message, Exception? cause = null) : IOException(message, cause)
{
    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    /// <summary>Whether the reader of a pipe has seen enough and is gone. That is an end, and no fault.</summary>
    public bool IsReaderGone { get; } = cause is not null && IsBrokenPipe(cause);

    /// <summary>In words, for standard error.</summary>
    public string Describe() => $"Standard output cannot be written: {Message.TrimEnd('.')}. The output is incomplete.";

    private static bool IsBrokenPipe(Exception exception) => OperatingSystem.IsWindows()
        ? exception.HResult is WindowsBrokenPipe or WindowsNoData
        : exception is IOException { HResult: BrokenPipe };
}
