using Microsoft.Extensions.Time.Testing;

namespace TaskerCore.Orleans.TestKit;

/// <summary>Moves a test's clock while something runs that only the clock takes forward.</summary>
internal static class RunningClock
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Long enough for what a step sets off, so that the clock does not run ahead of it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Advances the clock step by step until the task is done.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="task">What the clock takes forward.</param>
    /// <param name="step">How much time passes at once. Between two steps the task gets a moment of real time.</param>
    /// <exception cref="TimeoutException">The task was not done within 20 seconds of real time.</exception>
    public static async Task<T> FinishAsync<T>(this FakeTimeProvider time, Task<T> task, TimeSpan step)
    {
        using var due = new CancellationTokenSource(Limit);
        while (!task.IsCompleted && !due.IsCancellationRequested)
        {
            time.Advance(step);
            await Task.WhenAny(task, Task.Delay(Pause, CancellationToken.None));
        }

        return task.IsCompleted ? await task : throw new TimeoutException($"Not done within {Limit.TotalSeconds:0} s.");
    }
}
