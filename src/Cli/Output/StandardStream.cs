using Microsoft.Win32.SafeHandles;

namespace TaskerCore.Orleans.Cli.Output;

/// <summary>Standard output or standard error, as the process was given it. Whatever keeps it from being written is an <see cref="OutputFault"/>.</summary>
/// <remarks>The console's own streams say nothing when their reader is gone. Of a stream that was closed before the start the runtime may have
/// given the number to a file of its own, so that is found out first.</remarks>
internal sealed class StandardStream : Stream
{
    private readonly int _number;
    private readonly Lazy<Stream> _stream;

    /// <summary>The stream with that number: 1 is standard output, 2 standard error.</summary>
    public StandardStream(int number)
    {
        _number = number;
        IsOpen = Descriptor.IsInherited(number);
        _stream = new Lazy<Stream>(Open);
    }

    /// <summary>Whether the process was given it, open for writing.</summary>
    public bool IsOpen { get; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!IsOpen)
        {
            throw new OutputFault("it is closed");
        }

        try
        {
            _stream.Value.Write(buffer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException or ArgumentException)
        {
            throw new OutputFault(exception is UnauthorizedAccessException ? "it is not open for writing" : exception.Message, exception);
        }
    }

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Of a pipe the end itself, which says when its reader is gone; of all else the console's stream, which goes on where another
    /// process ended in the same file.</summary>
    private Stream Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            var end = new FileStream(new SafeFileHandle(_number, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!end.CanSeek)
            {
                return end;
            }
        }

        return _number == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
    }
}
