namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads the files of a silo, which reads them again while it runs: a pipe would be empty the second time, and one that nobody writes to
/// would hold the silo up.</summary>
/// <remarks>Safe for any number of threads.</remarks>
internal sealed class RegularFileReader(TimeSpan? openLimit = null) : InputReader
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    /// <summary>Opens that have not ended, or whose stream nobody has taken yet: what is at a path is waited for by one thread at most.</summary>
    private readonly Dictionary<string, Opening> _openings = new(StringComparer.Ordinal);

    protected override Stream Open(string path)
    {
        while (true)
        {
            var opening = OpeningOf(path);
            try
            {
                var stream = opening.Stream.WaitAsync(openLimit ?? OpenLimit).GetAwaiter().GetResult();
                if (TryTake(path, opening))
                {
                    return stream;
                }
            }
            catch (TimeoutException)
            {
                throw new IOException("it is a pipe without a writer; a silo needs a regular file because it reads the file again while it runs");
            }
            catch
            {
                TryTake(path, opening);
                throw;
            }
        }
    }

    protected override string? Fault(Stream stream) =>
        stream.CanSeek ? null : "the file cannot be read: it is a pipe or a device; a silo needs a regular file because it reads the file again while it runs";

    /// <summary>The open of what is at the path now. That of a pipe whose place a file has taken may never end.</summary>
    private Opening OpeningOf(string path)
    {
        var (created, written) = (File.GetCreationTimeUtc(path), File.GetLastWriteTimeUtc(path));
        lock (_lock)
        {
            if (_openings.TryGetValue(path, out var opening))
            {
                if ((opening.Created, opening.Written) == (created, written))
                {
                    return opening;
                }

                opening.Stream.ContinueWith(
                    static stream => stream.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            }

            return _openings[path] = new Opening(created, written, Task.Factory.StartNew(
                () => base.Open(path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }
    }

    /// <summary>Takes the stream, if nobody has: each has one reader.</summary>
    private bool TryTake(string path, Opening opening)
    {
        lock (_lock)
        {
            return _openings.TryGetValue(path, out var current) && ReferenceEquals(current, opening) && _openings.Remove(path);
        }
    }

    /// <param name="Created">When what is opened was created, and</param>
    /// <param name="Written">when it was written: another has another of them.</param>
    /// <param name="Stream">The open.</param>
    private sealed record Opening(DateTime Created, DateTime Written, Task<Stream> Stream);
}
