using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client;

/// <content>Calls that the view does not simply admit: rejected, refused, or probes. A permit is settled exactly once, whatever
/// throws (S7).</content>
internal sealed partial class CircuitBreaker
{
    private CallOutcome<TResult> TryExecuteUnlessRejected<TState, TResult>(
        MirrorView view, Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken)
    {
        if (view.Decision != CallDecision.Probe)
        {
            return Reject<TResult>(view);
        }

        // A synchronous caller has to wait for the permit. Nothing on that way needs its thread or its context, so it cannot deadlock.
        var acquired = mirror.AcquireProbeAsync(cancellationToken);
        var permit = acquired.AsTask().GetAwaiter().GetResult();
        if (permit is null)
        {
            var then = mirror.View;
            return then.Decision == CallDecision.Admit ? TryExecute(operation, state, cancellationToken) : Reject<TResult>(then);
        }

        var probe = new Probe(this, permit, view);
        try
        {
            TResult result;
            try
            {
                result = operation(state, cancellationToken);
            }
            catch (Exception exception)
            {
                probe.Ended(classifier.Judge(exception, cancellationToken));
                throw;
            }

            probe.Ended(classifier.JudgeResult(result));
            return new(result);
        }
        finally
        {
            probe.SettleIfOpen();
        }
    }

    private ValueTask<CallOutcome<TResult>> TryExecuteUnlessRejectedAsync<TState, TResult>(
        MirrorView view, Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken)
    {
        if (view.Decision == CallDecision.Probe)
        {
            return ProbeAsync(view, operation, state, cancellationToken);
        }

        try
        {
            return new(Reject<TResult>(view));
        }
        catch (BreakerRefusedException refused)
        {
            return ValueTask.FromException<CallOutcome<TResult>>(refused);
        }
    }

    private async ValueTask<CallOutcome<TResult>> ProbeAsync<TState, TResult>(
        MirrorView view, Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken)
    {
        if (await mirror.AcquireProbeAsync(cancellationToken).ConfigureAwait(false) is not { } permit)
        {
            var then = mirror.View;
            return then.Decision == CallDecision.Admit
                ? await TryExecuteAsync(operation, state, cancellationToken).ConfigureAwait(false)
                : Reject<TResult>(then);
        }

        var probe = new Probe(this, permit, view);
        try
        {
            TResult result;
            try
            {
                result = await operation(state, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                probe.Ended(classifier.Judge(exception, cancellationToken));
                throw;
            }

            probe.Ended(classifier.JudgeResult(result));
            return new(result);
        }
        finally
        {
            probe.SettleIfOpen();
        }
    }

    private static CallOutcome<TResult> Reject<TResult>(MirrorView view)
    {
        if (view.Decision == CallDecision.Refuse)
        {
            throw view.ToRefusal();
        }

        return Rejected<TResult>(view);
    }

    /// <summary>A permit in use.</summary>
    internal sealed class Probe(CircuitBreaker breaker, HeldPermit permit, MirrorView view)
    {
        private readonly long _startedAt = view.SlowFrom is null ? 0 : breaker.Mirror.Time.GetTimestamp();
        private bool _settled;

        public void Ended(OutcomeKind kind) => Settle(kind switch
        {
            OutcomeKind.Success => ProbeResult.Success,
            OutcomeKind.Failure => ProbeResult.Failure,
            _ => ProbeResult.Ignored,
        });

        /// <summary>The classifier threw: the call counts neither way.</summary>
        public void SettleIfOpen() => Settle(ProbeResult.Ignored);

        private void Settle(ProbeResult result)
        {
            if (_settled)
            {
                return;
            }

            _settled = true;
            var duration = result == ProbeResult.Ignored ? null : breaker.Measure(_startedAt);
            breaker.Mirror.SettleProbe(permit, result, duration, duration >= view.SlowFrom);
        }
    }

    private IBreakerMirror Mirror => mirror;
}
