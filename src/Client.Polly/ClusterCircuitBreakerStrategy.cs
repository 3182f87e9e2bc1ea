using System.Runtime.CompilerServices;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;
using TaskerCore.Orleans.Client.Breakers.Nesting;

namespace TaskerCore.Orleans.Client.Polly;

/// <summary>Runs a pipeline's callback if the breaker admits it. One for every kind of pipeline, and safe for any number of threads;
/// nothing is thrown for a rejection, and there is nothing to dispose.</summary>
/// <typeparam name="THandled">The type of results that the pipeline's own judgement takes.</typeparam>
internal sealed class ClusterCircuitBreakerStrategy<THandled>(
    ICircuitBreaker breaker, Func<CircuitBreakerPredicateArguments<THandled>, ValueTask<bool>>? shouldHandle, ResilienceStrategyTelemetry telemetry)
    : ResilienceStrategy
{
    private readonly CircuitTelemetry _telemetry = new(breaker, telemetry);

    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        _telemetry.TellOfTransition(context);
        var asked = breaker.AcquireAsync(context.CancellationToken);
        if (!asked.IsCompletedSuccessfully)
        {
            return asked.IsFaulted
                ? new(Outcome.FromException<TResult>(FaultedCall.ExceptionOf(asked.AsTask())))
                : AwaitPermitAsync(asked, callback, context, state);
        }

        var permit = asked.Result;
        return permit.IsAcquired ? MakeAsync(permit, callback, context, state) : new(NotMade<TResult>(permit, context));
    }

    private async ValueTask<Outcome<TResult>> AwaitPermitAsync<TResult, TState>(
        ValueTask<CallPermit> asked,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        CallPermit permit;
        try
        {
            permit = await asked.ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception notAcquired)
        {
            // Cancelled, refused, or a fault of another implementation: to the pipeline it is the call's outcome.
            return Outcome.FromException<TResult>(notAcquired);
        }

        return permit.IsAcquired
            ? await MakeAsync(permit, callback, context, state).ConfigureAwait(context.ContinueOnCapturedContext)
            : NotMade<TResult>(permit, context);
    }

    // Pooled, because a call that waits marks its execution context, which allocates: only the pipeline awaits it, and once.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<TResult>> MakeAsync<TResult, TState>(
        CallPermit permit,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        var callersToken = context.CancellationToken;
        var call = CircuitBreaker.Enter(permit);
        Outcome<TResult> outcome;
        try
        {
            var running = CallInside(call, callback, context, state);
            if (!running.IsCompleted)
            {
                call.Detach();
            }

            outcome = await running.ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception exception)
        {
            outcome = Outcome.FromException<TResult>(exception);
        }

        var kind = OutcomeKind.Ignored;
        try
        {
            kind = await JudgeAsync(call, outcome, context, callersToken).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception judgesOwn)
        {
            outcome = Outcome.FromException<TResult>(judgesOwn);
        }

        CircuitBreaker.Settle(permit, call, kind);
        _telemetry.TellOfTransition(context);
        return outcome;
    }

    private static ValueTask<Outcome<TResult>> CallInside<TResult, TState>(
        GuardedCall call, Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        try
        {
            return callback(context, state);
        }
        finally
        {
            call.Leave();
        }
    }

    private Outcome<TResult> NotMade<TResult>(in CallPermit permit, ResilienceContext context)
    {
        var rejection = permit.Rejection;
        var outcome = Outcome.FromException<TResult>(rejection.ToException());
        _telemetry.TellOfRejection(rejection, outcome, context);
        return outcome;
    }

    private async ValueTask<OutcomeKind> JudgeAsync<TResult>(
        GuardedCall call, Outcome<TResult> outcome, ResilienceContext context, CancellationToken callersToken)
    {
        if (outcome.Exception is OperationCanceledException && callersToken.IsCancellationRequested)
        {
            return OutcomeKind.Ignored;
        }

        if (shouldHandle is null)
        {
            return outcome.Exception is { } exception
                ? CircuitBreaker.Judge(breaker.Classifier, call, exception, callersToken)
                : breaker.Classifier.JudgeResult(outcome.Result);
        }

        if (outcome.Exception is { } thrown
            ? Rejections.Is(thrown) || (call.SawRejectedResponse && Rejections.MaySayRejectedResponse(thrown))
            : Rejections.Is(outcome.Result))
        {
            return breaker.Classifier.OfRejection;
        }

        return await shouldHandle(new(context, Handled(outcome))).ConfigureAwait(context.ContinueOnCapturedContext) ? OutcomeKind.Failure
            : outcome.Exception is null ? OutcomeKind.Success
            : OutcomeKind.Ignored;
    }

    private static Outcome<THandled> Handled<TResult>(Outcome<TResult> outcome) => outcome.Exception is { } exception
        ? Outcome.FromException<THandled>(exception)
        : Outcome.FromResult((THandled?)(object?)outcome.Result);
}
