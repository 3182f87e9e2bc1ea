namespace TaskerCore.Orleans.Client;

/// <summary>The convenient forms of <see cref="ICircuitBreaker"/>'s two methods.</summary>
/// <remarks>Every form passes the operation's own exception through unchanged, and throws <see cref="BreakerRefusedException"/>
/// when the cluster refuses to have the breaker. Forms without a fallback throw <see cref="CircuitOpenException"/> when the breaker
/// rejects; forms named Try return the rejection instead; a fallback is called for a rejection only, never for the operation's
/// own exception. Operations that return a <see cref="Task"/> are taken too.</remarks>
public static partial class CircuitBreakerExtensions
{
    /// <summary>Runs an operation with a state and a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public static ValueTask<TResult> ExecuteAsync<TState, TResult>(
        this ICircuitBreaker breaker, Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        return breaker is CircuitBreaker own
            ? own.ExecuteAsync(operation, state, cancellationToken)
            : ResultOf(breaker.TryExecuteAsync(operation, state, cancellationToken));
    }

    /// <summary>Runs an operation with a result.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState, TResult}(ICircuitBreaker, Func{TState, CancellationToken, ValueTask{TResult}}, TState, CancellationToken)"/>
    public static ValueTask<TResult> ExecuteAsync<TResult>(
        this ICircuitBreaker breaker, Func<CancellationToken, ValueTask<TResult>> operation, CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => run(token), NotNull(operation), cancellationToken);

    /// <summary>Runs an operation with a state and no result.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState, TResult}(ICircuitBreaker, Func{TState, CancellationToken, ValueTask{TResult}}, TState, CancellationToken)"/>
    public static ValueTask ExecuteAsync<TState>(
        this ICircuitBreaker breaker, Func<TState, CancellationToken, ValueTask> operation, TState state, CancellationToken cancellationToken = default)
    {
        var call = breaker.ExecuteAsync(WithoutResult, (NotNull(operation), state), cancellationToken);
        return call.IsCompletedSuccessfully ? default : new ValueTask(call.AsTask());
    }

    /// <summary>Runs an operation without a result.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState, TResult}(ICircuitBreaker, Func{TState, CancellationToken, ValueTask{TResult}}, TState, CancellationToken)"/>
    public static ValueTask ExecuteAsync(
        this ICircuitBreaker breaker, Func<CancellationToken, ValueTask> operation, CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => run(token), NotNull(operation), cancellationToken);

    /// <summary>Runs an operation with a state and a result; a rejected call gets the fallback's.</summary>
    public static ValueTask<TResult> ExecuteAsync<TState, TResult>(
        this ICircuitBreaker breaker,
        Func<TState, CancellationToken, ValueTask<TResult>> operation,
        TState state,
        Func<Rejection, CancellationToken, ValueTask<TResult>> fallback,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        var call = TryAsync(breaker, operation, state, cancellationToken);
        return call.IsCompletedSuccessfully
            ? ResultOrFallback(call.Result, fallback, cancellationToken)
            : AwaitOrFallbackAsync(call, fallback, cancellationToken);
    }

    /// <summary>Runs an operation with a result; a rejected call gets the fallback's.</summary>
    public static ValueTask<TResult> ExecuteAsync<TResult>(
        this ICircuitBreaker breaker,
        Func<CancellationToken, ValueTask<TResult>> operation,
        Func<Rejection, CancellationToken, ValueTask<TResult>> fallback,
        CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => run(token), NotNull(operation), fallback, cancellationToken);

    /// <summary>Runs an operation with a state and no result; for a rejected call the fallback runs.</summary>
    public static async ValueTask ExecuteAsync<TState>(
        this ICircuitBreaker breaker,
        Func<TState, CancellationToken, ValueTask> operation,
        TState state,
        Func<Rejection, CancellationToken, ValueTask> fallback,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        ArgumentNullException.ThrowIfNull(fallback);
        var outcome = await breaker.TryExecuteAsync(operation, state, cancellationToken).ConfigureAwait(false);
        if (outcome.IsRejected)
        {
            await fallback(outcome.Rejection, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs an operation without a result; for a rejected call the fallback runs.</summary>
    public static ValueTask ExecuteAsync(
        this ICircuitBreaker breaker,
        Func<CancellationToken, ValueTask> operation,
        Func<Rejection, CancellationToken, ValueTask> fallback,
        CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => run(token), NotNull(operation), fallback, cancellationToken);

    /// <summary>Runs an operation with a result; no exception tells of a rejection.</summary>
    public static ValueTask<CallOutcome<TResult>> TryExecuteAsync<TResult>(
        this ICircuitBreaker breaker, Func<CancellationToken, ValueTask<TResult>> operation, CancellationToken cancellationToken = default) =>
        TryAsync(breaker, static (run, token) => run(token), NotNull(operation), cancellationToken);

    /// <summary>Runs an operation with a state and no result; no exception tells of a rejection.</summary>
    public static ValueTask<CallOutcome<NoResult>> TryExecuteAsync<TState>(
        this ICircuitBreaker breaker, Func<TState, CancellationToken, ValueTask> operation, TState state, CancellationToken cancellationToken = default) =>
        TryAsync(breaker, WithoutResult, (NotNull(operation), state), cancellationToken);

    /// <summary>Runs an operation without a result; no exception tells of a rejection.</summary>
    public static ValueTask<CallOutcome<NoResult>> TryExecuteAsync(
        this ICircuitBreaker breaker, Func<CancellationToken, ValueTask> operation, CancellationToken cancellationToken = default) =>
        breaker.TryExecuteAsync(static (run, token) => run(token), NotNull(operation), cancellationToken);

    internal static ValueTask<TResult> ResultOf<TResult>(ValueTask<CallOutcome<TResult>> call) =>
        call.IsCompletedSuccessfully ? Unwrap(call.Result)
        : call.IsFaulted ? ValueTask.FromException<TResult>(FaultedCall.ExceptionOf(call.AsTask()))
        : AwaitResultAsync(call);

    private static ValueTask<NoResult> WithoutResult<TState>((Func<TState, CancellationToken, ValueTask> Operation, TState State) run, CancellationToken token)
    {
        var call = run.Operation(run.State, token);
        return call.IsCompletedSuccessfully ? default
            : call.IsFaulted ? ValueTask.FromException<NoResult>(FaultedCall.ExceptionOf(call.AsTask()))
            : AwaitNothingAsync(call);
    }

    private static async ValueTask<NoResult> AwaitNothingAsync(ValueTask call)
    {
        await call.ConfigureAwait(false);
        return default;
    }

    private static ValueTask<TResult> Unwrap<TResult>(CallOutcome<TResult> outcome) => outcome.IsRejected
        ? ValueTask.FromException<TResult>(outcome.Rejection.ToException())
        : new(outcome.Result);

    private static async ValueTask<TResult> AwaitResultAsync<TResult>(ValueTask<CallOutcome<TResult>> call) =>
        (await call.ConfigureAwait(false)).Result;

    private static ValueTask<TResult> ResultOrFallback<TResult>(
        CallOutcome<TResult> outcome, Func<Rejection, CancellationToken, ValueTask<TResult>> fallback, CancellationToken cancellationToken) =>
        outcome.IsRejected ? fallback(outcome.Rejection, cancellationToken) : new(outcome.Result);

    private static async ValueTask<TResult> AwaitOrFallbackAsync<TResult>(
        ValueTask<CallOutcome<TResult>> call, Func<Rejection, CancellationToken, ValueTask<TResult>> fallback, CancellationToken cancellationToken) =>
        await ResultOrFallback(await call.ConfigureAwait(false), fallback, cancellationToken).ConfigureAwait(false);
}
