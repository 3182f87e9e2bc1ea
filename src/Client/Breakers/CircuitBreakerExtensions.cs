using System.Runtime.CompilerServices;

namespace TaskerCore.Orleans.Client;

/// <content>What all forms come down to. A generic method of an interface is looked up at each call; that of our own class is not.</content>
public static partial class CircuitBreakerExtensions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CallOutcome<TResult> Try<TState, TResult>(
        ICircuitBreaker breaker, Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        return breaker is CircuitBreaker own
            ? own.TryExecute(operation, state, cancellationToken)
            : breaker.TryExecute(operation, state, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ValueTask<CallOutcome<TResult>> TryAsync<TState, TResult>(
        ICircuitBreaker breaker, Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        ArgumentNullException.ThrowIfNull(operation);
        if (breaker is not CircuitBreaker own)
        {
            return breaker.TryExecuteAsync(operation, state, cancellationToken);
        }

        return own.Rejects<TResult>(cancellationToken, out var rejected) ? new(rejected) : own.TryExecuteAsync(operation, state, cancellationToken);
    }

    /// <summary>An operation that is missing is the caller's mistake, told before the call: inside it, it would count as a failure.</summary>
    private static TOperation NotNull<TOperation>(TOperation operation)
        where TOperation : Delegate
    {
        ArgumentNullException.ThrowIfNull(operation);
        return operation;
    }
}
