using Polly.Retry;

namespace TaskerCore.Orleans.Client.Polly;

/// <summary>Delays for a retry outside of the breaker.</summary>
public static class CircuitOpenDelay
{
    /// <summary>What the news that a circuit probes needs to reach a worker, with much to spare.</summary>
    private static readonly TimeSpan UntilItIsKnown = TimeSpan.FromMilliseconds(100);

    /// <summary>For <see cref="RetryStrategyOptions{TResult}.DelayGenerator"/>: after a rejection by an open circuit, wait until it probes.
    /// After anything else (a failure, a half-open circuit whose probes are taken, one that an operator forced open) the strategy's own
    /// delay holds.</summary>
    /// <remarks>Polly does not limit this delay by <see cref="RetryStrategyOptions{TResult}.MaxDelay"/>. It is at most the breaker's
    /// <c>timeout_seconds</c>, and ends with the pipeline's token: a timeout outside of the retry bounds it.</remarks>
    public static ValueTask<TimeSpan?> RetryAfter<TResult>(RetryDelayGeneratorArguments<TResult> arguments) =>
        new(arguments.Outcome.Exception is CircuitOpenException { State: BreakerState.Open, RetryAfter: { } wait } ? wait + UntilItIsKnown : null);
}
