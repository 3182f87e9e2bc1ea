namespace TaskerCore.Orleans.Client;

/// <summary>Runs an operation between <see cref="ICircuitBreaker.AcquireAsync"/> and <see cref="CallPermit.Settle"/>, for implementations that
/// have nothing faster.</summary>
internal static class PermittedCall
{
    public static CallOutcome<TResult> Run<TState, TResult>(
        ICircuitBreaker breaker, Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var permit = Acquire(breaker, cancellationToken);
        if (!permit.IsAcquired)
        {
            return new(permit.Rejection);
        }

        var kind = OutcomeKind.Ignored;
        try
        {
            TResult result;
            try
            {
                result = operation(state, cancellationToken);
            }
            catch (Exception exception)
            {
                kind = breaker.Classifier.JudgeException(exception, cancellationToken);
                throw;
            }

            kind = breaker.Classifier.JudgeResult(result);
            return new(result);
        }
        finally
        {
            permit.Settle(kind);
        }
    }

    public static async ValueTask<CallOutcome<TResult>> RunAsync<TState, TResult>(
        ICircuitBreaker breaker, Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var permit = await breaker.AcquireAsync(cancellationToken).ConfigureAwait(false);
        if (!permit.IsAcquired)
        {
            return new(permit.Rejection);
        }

        var kind = OutcomeKind.Ignored;
        try
        {
            TResult result;
            try
            {
                result = await operation(state, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                kind = breaker.Classifier.JudgeException(exception, cancellationToken);
                throw;
            }

            kind = breaker.Classifier.JudgeResult(result);
            return new(result);
        }
        finally
        {
            permit.Settle(kind);
        }
    }

    /// <summary>Waits for the permit on the caller's thread, as every synchronous form must.</summary>
    public static CallPermit Acquire(ICircuitBreaker breaker, CancellationToken cancellationToken)
    {
        var asked = breaker.AcquireAsync(cancellationToken);
        return asked.IsCompletedSuccessfully ? asked.Result : asked.AsTask().GetAwaiter().GetResult();
    }
}
