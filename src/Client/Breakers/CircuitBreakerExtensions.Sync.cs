namespace TaskerCore.Orleans.Client;

public static partial class CircuitBreakerExtensions
{
    /// <summary>Runs an operation with a state and a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public static TResult Execute<TState, TResult>(
        this ICircuitBreaker breaker, Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken = default) =>
        Try(breaker, operation, state, cancellationToken).Result;

    /// <summary>Runs an operation with a state and a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public static TResult Execute<TState, TResult>(this ICircuitBreaker breaker, Func<TState, TResult> operation, TState state) =>
        breaker.Execute(static (run, _) => run.operation(run.state), (operation: NotNull(operation), state));

    /// <summary>Runs an operation with a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public static TResult Execute<TResult>(this ICircuitBreaker breaker, Func<TResult> operation) =>
        breaker.Execute(static (run, _) => run(), NotNull(operation));

    /// <summary>Runs an operation with a state and no result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public static void Execute<TState>(this ICircuitBreaker breaker, Action<TState> operation, TState state) =>
        breaker.Execute(
            static (run, _) =>
            {
                run.operation(run.state);
                return default(NoResult);
            },
            (operation: NotNull(operation), state));

    /// <summary>Runs an operation without a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public static void Execute(this ICircuitBreaker breaker, Action operation) => breaker.Execute(static run => run(), NotNull(operation));

    /// <summary>Runs an operation with a state and a result; a rejected call gets the fallback's.</summary>
    public static TResult Execute<TState, TResult>(
        this ICircuitBreaker breaker, Func<TState, TResult> operation, TState state, Func<Rejection, TResult> fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        var outcome = breaker.TryExecute(operation, state);
        return outcome.IsRejected ? fallback(outcome.Rejection) : outcome.Result;
    }

    /// <summary>Runs an operation with a result; a rejected call gets the fallback's.</summary>
    public static TResult Execute<TResult>(this ICircuitBreaker breaker, Func<TResult> operation, Func<Rejection, TResult> fallback) =>
        breaker.Execute(static run => run(), NotNull(operation), fallback);

    /// <summary>Runs an operation with a state and no result; for a rejected call the fallback runs.</summary>
    public static void Execute<TState>(this ICircuitBreaker breaker, Action<TState> operation, TState state, Action<Rejection> fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        var outcome = breaker.TryExecute(operation, state);
        if (outcome.IsRejected)
        {
            fallback(outcome.Rejection);
        }
    }

    /// <summary>Runs an operation without a result; for a rejected call the fallback runs.</summary>
    public static void Execute(this ICircuitBreaker breaker, Action operation, Action<Rejection> fallback) =>
        breaker.Execute(static run => run(), NotNull(operation), fallback);

    /// <summary>Runs an operation with a state and a result; no exception tells of a rejection.</summary>
    public static CallOutcome<TResult> TryExecute<TState, TResult>(this ICircuitBreaker breaker, Func<TState, TResult> operation, TState state) =>
        Try(breaker, static (run, _) => run.operation(run.state), (operation: NotNull(operation), state));

    /// <summary>Runs an operation with a result; no exception tells of a rejection.</summary>
    public static CallOutcome<TResult> TryExecute<TResult>(this ICircuitBreaker breaker, Func<TResult> operation) =>
        breaker.TryExecute(static run => run(), NotNull(operation));

    /// <summary>Runs an operation with a state and no result; no exception tells of a rejection.</summary>
    public static CallOutcome<NoResult> TryExecute<TState>(this ICircuitBreaker breaker, Action<TState> operation, TState state) =>
        Try(
            breaker,
            static (run, _) =>
            {
                run.operation(run.state);
                return default(NoResult);
            },
            (operation: NotNull(operation), state));

    /// <summary>Runs an operation without a result; no exception tells of a rejection.</summary>
    public static CallOutcome<NoResult> TryExecute(this ICircuitBreaker breaker, Action operation) =>
        breaker.TryExecute(static run => run(), NotNull(operation));
}
