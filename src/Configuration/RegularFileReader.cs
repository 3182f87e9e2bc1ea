using System.Collections.Concurrent;

namespace TaskerCore.Orleans.Configuration;

/// <summary>Reads the files of a silo, which reads them again while it runs: a pipe would be empty the second time, and one that nobody writes to
/// would hold the silo up.</summary>
internal sealed class RegularFileReader(TimeSpan? openLimit = null) : InputReader
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(5);

    /// <summary>Opens that have not ended: each path is waited for by one thread at most.</summary>
    private readonly ConcurrentDictionary<string, Task<Stream>> _opening = new(StringComparer.Ordinal);

    protected override Stream Open(string path)
    {
        var opening = _opening.GetOrAdd(path, static (path, self) => Task.Factory.StartNew(
            () => self.OpenNow(path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default), this);
        try
        {
            var stream = opening.WaitAsync(openLimit ?? OpenLimit).GetAwaiter().GetResult();
            _opening.TryRemove(path, out _);
            return stream;
        }
        catch (TimeoutException)
        {
            throw new IOException("it is a pipe that nobody writes to; a silo needs a regular file, for it reads it again while it runs");
        }
        catch
        {
            _opening.TryRemove(path, out _);
            throw;
        }
    }

    protected override string? Fault(Stream stream) =>
        stream.CanSeek ? null : "the file cannot be read: it is a pipe or a device; a silo needs a regular file, for it reads it again while it runs";

    private Stream OpenNow(string path) => base.Open(path);
}
