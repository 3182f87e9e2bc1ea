using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>Waits as long as a test of real processes has patience.</summary>
internal static class Until
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until something is so.</summary>
    public static Task TrueAsync(Func<Task<bool>> condition, Func<string> otherwise, int seconds = 20) =>
        Waiting.UntilAsync(condition, otherwise, TimeSpan.FromSeconds(seconds), Poll, TestContext.Current.CancellationToken);
}
