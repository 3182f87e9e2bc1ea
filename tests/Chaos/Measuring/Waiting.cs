using System.Diagnostics;

namespace TaskerCore.Orleans.Chaos.Measuring;

/// <summary>Waits that end.</summary>
internal static class Waiting
{
    private static readonly TimeSpan DefaultPoll = TimeSpan.FromMilliseconds(40);

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="TimeoutException">It was not in time; the message has the state.</exception>
    public static async Task UntilAsync(
        Func<Task<bool>> condition, Func<string> otherwise, TimeSpan limit, TimeSpan? poll = null, CancellationToken cancellationToken = default)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(since) > limit)
            {
                throw new TimeoutException($"After {limit.TotalSeconds:0.#} s: {otherwise()}.");
            }

            await Task.Delay(poll ?? DefaultPoll, cancellationToken);
        }
    }
}
