namespace TaskerCore.Orleans.Client;

/// <content>Operations that return a <see cref="Task"/>. The overload resolution prefers the forms for <see cref="ValueTask"/>, so that
/// an <c>async</c> lambda is never ambiguous.</content>
public static partial class CircuitBreakerExtensions
{
    private const int AfterValueTask = -1;

    /// <summary>Runs an operation with a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask<TResult> ExecuteAsync<TResult>(
        this ICircuitBreaker breaker, Func<CancellationToken, Task<TResult>> operation, CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => new ValueTask<TResult>(run(token)), NotNull(operation), cancellationToken);

    /// <summary>Runs an operation without a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask ExecuteAsync(
        this ICircuitBreaker breaker, Func<CancellationToken, Task> operation, CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => new ValueTask(run(token)), NotNull(operation), cancellationToken);

    /// <summary>Runs an operation with a state and a result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask<TResult> ExecuteAsync<TState, TResult>(
        this ICircuitBreaker breaker, Func<TState, CancellationToken, Task<TResult>> operation, TState state, CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => new ValueTask<TResult>(run.operation(run.state, token)), (operation: NotNull(operation), state), cancellationToken);

    /// <summary>Runs an operation with a state and no result.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask ExecuteAsync<TState>(
        this ICircuitBreaker breaker, Func<TState, CancellationToken, Task> operation, TState state, CancellationToken cancellationToken = default) =>
        breaker.ExecuteAsync(static (run, token) => new ValueTask(run.operation(run.state, token)), (operation: NotNull(operation), state), cancellationToken);

    /// <summary>Runs an operation with a result; a rejected call gets the fallback's.</summary>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask<TResult> ExecuteAsync<TResult>(
        this ICircuitBreaker breaker,
        Func<CancellationToken, Task<TResult>> operation,
        Func<Rejection, CancellationToken, Task<TResult>> fallback,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        return breaker.ExecuteAsync(
            static (run, token) => new ValueTask<TResult>(run(token)),
            NotNull(operation),
            (rejection, token) => new ValueTask<TResult>(fallback(rejection, token)),
            cancellationToken);
    }

    /// <summary>Runs an operation without a result; for a rejected call the fallback runs.</summary>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask ExecuteAsync(
        this ICircuitBreaker breaker,
        Func<CancellationToken, Task> operation,
        Func<Rejection, CancellationToken, Task> fallback,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        return breaker.ExecuteAsync(
            static (run, token) => new ValueTask(run(token)),
            NotNull(operation),
            (rejection, token) => new ValueTask(fallback(rejection, token)),
            cancellationToken);
    }

    /// <summary>Runs an operation with a result; no exception tells of a rejection.</summary>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask<CallOutcome<TResult>> TryExecuteAsync<TResult>(
        this ICircuitBreaker breaker, Func<CancellationToken, Task<TResult>> operation, CancellationToken cancellationToken = default) =>
        TryAsync(breaker, static (run, token) => new ValueTask<TResult>(run(token)), NotNull(operation), cancellationToken);

    /// <summary>Runs an operation without a result; no exception tells of a rejection.</summary>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(AfterValueTask)]
    public static ValueTask<CallOutcome<NoResult>> TryExecuteAsync(
        this ICircuitBreaker breaker, Func<CancellationToken, Task> operation, CancellationToken cancellationToken = default) =>
        breaker.TryExecuteAsync(static (run, token) => new ValueTask(run(token)), NotNull(operation), cancellationToken);
}
