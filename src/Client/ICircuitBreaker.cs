namespace TaskerCore.Orleans.Client;

/// <summary>The breaker of one component, as this worker sees it. Get it from <see cref="ICircuitBreakerManager.Get"/>.</summary>
/// <remarks>
/// <para>Safe to use from any number of threads at once; keep one and share it. The two methods here are the whole of it; the
/// convenient forms (<c>Execute</c>, <c>ExecuteAsync</c>, with and without result, state and fallback) are extension methods in
/// <see cref="CircuitBreakerExtensions"/>.</para>
/// <para>In Closed and Open a call costs no remote call (C2). In half-open a call asks the cluster for a probe permit first (S5).</para>
/// </remarks>
public interface ICircuitBreaker
{
    /// <summary>The component that is guarded.</summary>
    string Component { get; }

    /// <summary>What the breaker is now, from the local mirror: no I/O, changes nothing (S13).</summary>
    BreakerSnapshot Snapshot { get; }

    /// <summary>Whether the cluster decides, or this worker alone (C8).</summary>
    BreakerMode Mode { get; }

    /// <summary>Runs a synchronous operation if the breaker admits it.</summary>
    /// <param name="operation">What is protected. Its own exception passes through unchanged.</param>
    /// <param name="state">Handed to the operation, so that it needs no closure.</param>
    /// <param name="cancellationToken">Handed to the operation; cancellation through it counts neither way (S11).</param>
    /// <returns>The result, or the rejection: no exception tells of a rejection.</returns>
    /// <exception cref="BreakerRefusedException">The cluster refuses to have this breaker (S19).</exception>
    CallOutcome<TResult> TryExecute<TState, TResult>(
        Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken = default);

    /// <summary>Runs an asynchronous operation if the breaker admits it.</summary>
    /// <inheritdoc cref="TryExecute" path="/param"/>
    /// <inheritdoc cref="TryExecute" path="/returns"/>
    /// <exception cref="BreakerRefusedException">The cluster refuses to have this breaker (S19).</exception>
    ValueTask<CallOutcome<TResult>> TryExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken = default);

    /// <summary>Completes when a call would be admitted or may probe: a consumer pauses here instead of spinning.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="BreakerRefusedException">The cluster refuses to have this breaker (S19).</exception>
    ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default);

    /// <summary>The transitions from now on, as this worker sees them, until cancelled. A slow reader loses the oldest of more than
    /// 100 unread ones; the full history is the cluster's (<see cref="IBreakerClusterQueries.HistoryAsync"/>).</summary>
    IAsyncEnumerable<BreakerTransition> Transitions(CancellationToken cancellationToken = default);

    /// <summary>The same breaker with another judgement of what a failure is, for the calls made through the returned handle.</summary>
    ICircuitBreaker With(OutcomeClassifier classifier);
}
