using System.Collections.Concurrent;
using System.Diagnostics;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Workers;

/// <summary>Instants at which something happened at each worker of this process, in ticks of the monotonic clock, which the processes of
/// one machine share. Safe for any number of threads.</summary>
internal sealed class Instants
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<long> _noted = new();

    /// <summary>It happened now.</summary>
    public void Note() => _noted.Enqueue(Stopwatch.GetTimestamp());

    /// <summary>Takes what was noted since the last time, once there is as much as is expected.</summary>
    public async Task<long[]> TakeAsync(int expected)
    {
        await Waiting.UntilAsync(
            () => Task.FromResult(_noted.Count >= expected), () => $"it happened at {_noted.Count} of {expected} workers", Limit);
        long[] taken = [.. _noted];
        _noted.Clear();
        return taken;
    }
}
