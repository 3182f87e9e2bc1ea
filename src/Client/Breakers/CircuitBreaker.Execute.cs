using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Breakers.Nesting;

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
        var call = view.Decision == CallDecision.Admit ? GuardedCall.Enter(mirror, view) : PartOfProbe(view);
        if (call is null)
        {
            return CircuitBreakerExtensions.ResultOf(TryExecuteUnlessRejectedAsync(view, operation, state, cancellationToken));
        }

        var startedAt = view.SlowFrom is null ? 0 : mirror.Time.GetTimestamp();
        ValueTask<TResult> running;
        try
        {
            running = operation(state, cancellationToken);
        }
        catch (Exception exception)
        {
            call.Leave();
            return ValueTask.FromException<TResult>(CountedAs(call, view, startedAt, exception, cancellationToken));
        }

        call.Leave();
        if (!running.IsCompletedSuccessfully)
        {
            return running.IsFaulted
                ? HandOn(call, view, startedAt, running.AsTask(), cancellationToken)
                : AwaitResultAsync(call, view, startedAt, running, cancellationToken);
        }

        var result = running.Result;
        CountResult(call, view, startedAt, result);
        return new(result);
    }

    private ValueTask<TResult> HandOn<TResult>(
        GuardedCall call, MirrorView view, long startedAt, Task<TResult> failed, CancellationToken callersToken) =>
        CountException(call, view, startedAt, FaultedCall.ExceptionOf(failed), callersToken) is { } judgesOwn
            ? ValueTask.FromException<TResult>(judgesOwn.SourceException)
            : new(failed);

    private async ValueTask<TResult> AwaitResultAsync<TResult>(
        GuardedCall call, MirrorView view, long startedAt, ValueTask<TResult> running, CancellationToken cancellationToken)
    {
        call.Detach();
        TResult result;
        try
        {
            result = await running.ConfigureAwait(false);
        }
        catch (Exception exception) when (CountException(call, view, startedAt, exception, cancellationToken) is { } judgesOwn)
        {
            // Counted in the filter, so that the operation's exception passes without being thrown once more.
            judgesOwn.Throw();
            throw;
        }

        CountResult(call, view, startedAt, result);
        return result;
    }
}
