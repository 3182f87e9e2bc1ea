using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Client;

/// <content>The form that most workers use, without the detour over a <see cref="CallOutcome{TResult}"/>: a call that waits has one
/// state machine less, and one that has failed when it returns is handed on as it is.</content>
internal sealed partial class CircuitBreaker
{
    /// <summary>As <see cref="TryExecuteAsync{TState, TResult}"/>, but a rejection is thrown.</summary>
    /// <exception cref="CircuitOpenException">The breaker rejected the call.</exception>
    public ValueTask<TResult> ExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        }

        var view = mirror.View;
        if (view.Decision != CallDecision.Admit)
        {
            return CircuitBreakerExtensions.ResultOf(TryExecuteUnlessRejectedAsync(view, operation, state, cancellationToken));
        }

        var startedAt = view.SlowFrom is null ? 0 : mirror.Time.GetTimestamp();
        ValueTask<TResult> call;
        try
        {
            call = operation(state, cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TResult>(CountedAs(view, startedAt, exception, cancellationToken));
        }

        if (!call.IsCompletedSuccessfully)
        {
            return call.IsFaulted ? HandOn(view, startedAt, call.AsTask(), cancellationToken) : AwaitResultAsync(view, startedAt, call, cancellationToken);
        }

        var result = call.Result;
        CountResult(view, startedAt, result);
        return new(result);
    }

    private ValueTask<TResult> HandOn<TResult>(MirrorView view, long startedAt, Task<TResult> failed, CancellationToken callersToken)
    {
        if (!classifier.JudgesExceptions && !callersToken.IsCancellationRequested)
        {
            // A failure whatever the exception is: it need not be looked at.
            Count(view, startedAt, OutcomeKind.Failure);
            return new(failed);
        }

        return CountException(view, startedAt, FaultedCall.ExceptionOf(failed), callersToken) is { } judgesOwn
            ? ValueTask.FromException<TResult>(judgesOwn.SourceException)
            : new(failed);
    }

    private async ValueTask<TResult> AwaitResultAsync<TResult>(
        MirrorView view, long startedAt, ValueTask<TResult> call, CancellationToken cancellationToken)
    {
        TResult result;
        try
        {
            result = await call.ConfigureAwait(false);
        }
        catch (Exception exception) when (CountException(view, startedAt, exception, cancellationToken) is { } judgesOwn)
        {
            // Counted in the filter, so that the operation's exception passes without being thrown once more.
            judgesOwn.Throw();
            throw;
        }

        CountResult(view, startedAt, result);
        return result;
    }
}
