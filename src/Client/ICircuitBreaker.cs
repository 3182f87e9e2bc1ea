namespace TaskerCore.Orleans.Client;

/// <summary>The breaker of one component, as this worker sees it. Get it from <see cref="ICircuitBreakerManager.Get"/>.</summary>
/// <remarks>
/// <para>Safe to use from any number of threads at once; keep one and share it. The convenient forms (<c>Execute</c>,
/// <c>ExecuteAsync</c>, with and without result, state and fallback) are extension methods in <see cref="CircuitBreakerExtensions"/>.</para>
/// <para>While the circuit is closed or open, a call makes no remote call. In half-open it requests a probe permit from the cluster
/// first.</para>
/// <para>Everything that takes an <see cref="ICircuitBreaker"/> (the handler of <see cref="HttpClient"/>, the pgmq client, Polly's
/// strategy) takes any implementation. It needs only <see cref="AcquireAsync"/> and what describes the breaker; the other members have
/// defaults on top. One that wraps another breaker should forward <c>TryExecute</c> and <c>TryExecuteAsync</c> too, so that guards of one
/// breaker inside each other count a call once.</para>
/// </remarks>
public interface ICircuitBreaker
{
    /// <summary>Gets the guarded component.</summary>
    string Component { get; }

    /// <summary>Gets the breaker's present state from the local mirror, without I/O.</summary>
    BreakerSnapshot Snapshot { get; }

    /// <summary>Gets who decides: the cluster, or this worker alone.</summary>
    BreakerMode Mode { get; }

    /// <summary>Gets what judges the outcomes of the calls. The default value is <see cref="OutcomeClassifier.Default"/>.</summary>
    OutcomeClassifier Classifier => OutcomeClassifier.Default;

    /// <summary>Asks for permission to make one call, for callers that run the operation themselves.</summary>
    /// <param name="cancellationToken">Ends the wait for a probe permit. Nothing is counted then, and no permit is held.</param>
    /// <returns>The permit, which must be settled exactly once, or the rejection: a rejection is never thrown.</returns>
    /// <remarks>A guard of the same breaker inside of such a call counts on its own. The <c>Execute</c> forms avoid that.</remarks>
    /// <exception cref="BreakerRefusedException">The cluster refuses to create this breaker.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<CallPermit> AcquireAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs a synchronous operation if the breaker admits it.</summary>
    /// <param name="operation">The protected operation. Its own exception passes through unchanged.</param>
    /// <param name="state">Passed to the operation, so that it needs no closure.</param>
    /// <param name="cancellationToken">Passed to the operation. Cancellation through it is ignored: neither a success nor a failure.</param>
    /// <returns>The result, or the rejection: a rejection is never thrown.</returns>
    /// <exception cref="BreakerRefusedException">The cluster refuses to create this breaker.</exception>
    CallOutcome<TResult> TryExecute<TState, TResult>(
        Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken = default) =>
        PermittedCall.Run(this, operation, state, cancellationToken);

    /// <summary>Runs an asynchronous operation if the breaker admits it.</summary>
    /// <inheritdoc cref="TryExecute" path="/param"/>
    /// <inheritdoc cref="TryExecute" path="/returns"/>
    /// <exception cref="BreakerRefusedException">The cluster refuses to create this breaker.</exception>
    ValueTask<CallOutcome<TResult>> TryExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken = default) =>
        PermittedCall.RunAsync(this, operation, state, cancellationToken);

    /// <summary>Completes when a call would be admitted or may probe: a consumer pauses here instead of spinning.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="BreakerRefusedException">The cluster refuses to create this breaker.</exception>
    ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default);

    /// <summary>The transitions from now on, as this worker sees them, until cancelled. A slow reader loses the oldest of more than
    /// 100 unread ones; the full history is the cluster's (<see cref="IBreakerClusterQueries.GetHistoryAsync"/>).</summary>
    IAsyncEnumerable<BreakerTransition> WatchTransitionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns the same breaker with another classifier, for the calls made through the returned handle.</summary>
    ICircuitBreaker WithClassifier(OutcomeClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return new ClassifiedBreaker(this, classifier);
    }
}
