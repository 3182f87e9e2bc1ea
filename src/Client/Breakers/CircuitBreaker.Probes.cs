using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Breakers.Nesting;

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
                probe.Call.Leave();
                probe.Ended(Judge(classifier, probe.Call, exception, cancellationToken));
                throw;
            }

            probe.Call.Leave();
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
                ValueTask<TResult> running;
                try
                {
                    running = operation(state, cancellationToken);
                }
                finally
                {
                    probe.Call.Leave();
                }

                result = await running.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                probe.Ended(Judge(classifier, probe.Call, exception, cancellationToken));
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

    /// <summary>Gives a permit back. Without a kind the breaker went on meanwhile, and an inner guard counted the call where it stands now.</summary>
    private void SettleProbe(HeldPermit permit, MirrorView view, long startedAt, OutcomeKind? kind)
    {
        var duration = kind is OutcomeKind.Success or OutcomeKind.Failure ? Measure(startedAt) : null;
        mirror.SettleProbe(
            permit,
            kind switch
            {
                OutcomeKind.Success => ProbeResult.Success,
                OutcomeKind.Failure => ProbeResult.Failure,
                OutcomeKind.Ignored => ProbeResult.Ignored,
                _ => ProbeResult.Unused,
            },
            duration,
            duration >= view.SlowFrom);
    }

    /// <summary>A permit in use: its call begins with it.</summary>
    private sealed class Probe(CircuitBreaker breaker, HeldPermit permit, MirrorView view)
    {
        private readonly long _startedAt = breaker.StartOf(view);
        private bool _settled;

        /// <summary>The call that the permit admits. Whoever makes the operation's call leaves it on the thread that made the probe.</summary>
        public GuardedCall Call { get; } = GuardedCall.Enter(breaker.Mirror, view, permit);

        public void Ended(OutcomeKind kind)
        {
            if (!_settled)
            {
                _settled = true;
                breaker.SettleProbe(permit, view, _startedAt, Call.End(kind));
            }
        }

        /// <summary>The classifier threw: the call counts neither way.</summary>
        public void SettleIfOpen() => Ended(OutcomeKind.Ignored);
    }

    private IBreakerMirror Mirror => mirror;
}
