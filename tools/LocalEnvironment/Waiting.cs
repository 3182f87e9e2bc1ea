using System.Diagnostics;

namespace TaskerCore.Orleans.LocalEnvironment;

/// <summary>Waits that end.</summary>
public static class Waiting
{
    private static readonly TimeSpan DefaultPoll = TimeSpan.FromMilliseconds(40);

    /// <summary>Waits until something is so.</summary>
    /// <param name="condition">What is to be so.</param>
    /// <param name="otherwise">How it stands, when it is not so in time.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="poll">How often it is looked at; 40 ms by default.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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
