using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.TestKit;

/// <summary>What tests do with a breaker's handle.</summary>
internal static class BreakerActions
{
    /// <summary>Waits until the breaker is in the wanted state.</summary>
    public static Task UntilAsync(this ICircuitBreaker breaker, Func<ICircuitBreaker, bool> wanted, int seconds = 20) => Until.TrueAsync(
        () => wanted(breaker),
        () => $"the breaker is {breaker.Snapshot.State} ({breaker.Mode}), generation {breaker.Snapshot.Generation}, threshold {breaker.Snapshot.Policy.Settings.FailureThreshold}",
        seconds);

    /// <summary>Makes a call that fails.</summary>
    public static void Fail(this ICircuitBreaker breaker) =>
        Assert.Throws<IOException>(() => breaker.Execute(() => throw new IOException("the component is down")));

    /// <summary>Makes a call that succeeds.</summary>
    /// <returns>The call's result, 1.</returns>
    public static int Succeed(this ICircuitBreaker breaker) => breaker.Execute(() => 1);
}
