using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Breakers.Nesting;

namespace TaskerCore.Orleans.Client;

/// <summary>A handle on a breaker: the hot path. A closed call costs a volatile read, the call itself, and a striped count.</summary>
internal sealed partial class CircuitBreaker(IBreakerMirror mirror, OutcomeClassifier classifier) : ICircuitBreaker
{
    private const int UnreadTransitions = 100;

    public string Component => mirror.View.Snapshot.Component;

    public BreakerSnapshot Snapshot => mirror.View.CurrentSnapshot;

    public BreakerMode Mode => mirror.View.Mode;

    public ICircuitBreaker WithClassifier(OutcomeClassifier otherClassifier)
    {
        ArgumentNullException.ThrowIfNull(otherClassifier);
        return new CircuitBreaker(mirror, otherClassifier);
    }

    public CallOutcome<TResult> TryExecute<TState, TResult>(
        Func<TState, CancellationToken, TResult> operation, TState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        cancellationToken.ThrowIfCancellationRequested();
        var view = mirror.View;
        var call = view.Decision == CallDecision.Admit ? GuardedCall.Enter(mirror, view) : PartOfProbe(view);
        if (call is null)
        {
            return view.Decision == CallDecision.Reject
                ? Rejected<TResult>(view)
                : TryExecuteUnlessRejected(view, operation, state, cancellationToken);
        }

        var startedAt = view.SlowFrom is null ? 0 : mirror.Time.GetTimestamp();
        TResult result;
        try
        {
            result = operation(state, cancellationToken);
        }
        catch (Exception exception)
        {
            call.Leave();
            CountException(call, view, startedAt, exception, cancellationToken)?.Throw();
            throw;
        }

        call.Leave();
        CountResult(call, view, startedAt, result);
        return new(result);
    }

    public ValueTask<CallOutcome<TResult>> TryExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> operation, TState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CallOutcome<TResult>>(cancellationToken);
        }

        var view = mirror.View;
        var call = view.Decision == CallDecision.Admit ? GuardedCall.Enter(mirror, view) : PartOfProbe(view);
        if (call is null)
        {
            return view.Decision == CallDecision.Reject
                ? new(Rejected<TResult>(view))
                : TryExecuteUnlessRejectedAsync(view, operation, state, cancellationToken);
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
            return Failed<TResult>(call, view, startedAt, exception, cancellationToken);
        }

        call.Leave();
        if (!running.IsCompletedSuccessfully)
        {
            return running.IsFaulted
                ? Failed<TResult>(call, view, startedAt, FaultedCall.ExceptionOf(running.AsTask()), cancellationToken)
                : AwaitCallAsync(call, view, startedAt, running, cancellationToken);
        }

        var result = running.Result;
        CountResult(call, view, startedAt, result);
        return new(new CallOutcome<TResult>(result));
    }

    public async ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var view = mirror.View;
            switch (view.Decision)
            {
                case CallDecision.Admit or CallDecision.Probe:
                    return;
                case CallDecision.Refuse:
                    throw view.ToRefusal();
                default:
                    await mirror.ChangedSince(view).WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    public async IAsyncEnumerable<BreakerTransition> WatchTransitionsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // The watcher runs ahead of a slow reader, so that no state is passed over while the reader is busy.
        var channel = Channel.CreateBounded<BreakerTransition>(
            new BoundedChannelOptions(UnreadTransitions) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(mirror.View, channel.Writer, stop.Token);
        try
        {
            await foreach (var transition in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return transition;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(MirrorView view, ChannelWriter<BreakerTransition> writer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await mirror.ChangedSince(view).WaitAsync(cancellationToken).ConfigureAwait(false);
            var next = mirror.View;
            if (next.Snapshot.Generation != view.Snapshot.Generation && next.Snapshot.LastTransition is { } transition)
            {
                writer.TryWrite(transition);
            }

            view = next;
        }
    }

    private async ValueTask<CallOutcome<TResult>> AwaitCallAsync<TResult>(
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
        return new(result);
    }

    /// <summary>In half-open: the part of a probe that is under way, if the caller runs inside of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private GuardedCall? PartOfProbe(MirrorView view) =>
        view.Snapshot.State == BreakerState.HalfOpen && view.Decision != CallDecision.Refuse ? GuardedCall.PartOf(mirror, view) : null;

    /// <summary>Rejects the call, if that is what holds. For callers in whose frame it can be inlined: the frame of a method that makes the
    /// call costs more than a rejection.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Rejects<TResult>(CancellationToken cancellationToken, out CallOutcome<TResult> rejected)
    {
        var view = mirror.View;
        if (view.Decision != CallDecision.Reject || cancellationToken.IsCancellationRequested || view.Snapshot.State == BreakerState.HalfOpen)
        {
            rejected = default;
            return false;
        }

        rejected = Rejected<TResult>(view);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CallOutcome<TResult> Rejected<TResult>(MirrorView view)
    {
        view.Counter.CountRejection();
        return new(new Rejection(view));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountResult<TResult>(GuardedCall call, MirrorView view, long startedAt, TResult result)
    {
        if (!classifier.JudgesResults && startedAt == 0 && !Rejections.Is(result) && call.EndPlain())
        {
            view.Counter.CountSuccess();
        }
        else
        {
            Count(call, view, startedAt, JudgeResult(call, view, result));
        }
    }

    private ValueTask<CallOutcome<TResult>> Failed<TResult>(
        GuardedCall call, MirrorView view, long startedAt, Exception exception, CancellationToken callersToken) =>
        ValueTask.FromException<CallOutcome<TResult>>(CountedAs(call, view, startedAt, exception, callersToken));

    /// <summary>Counts what an exception of the operation means; the exception that is to reach the caller.</summary>
    private Exception CountedAs(GuardedCall call, MirrorView view, long startedAt, Exception exception, CancellationToken callersToken) =>
        CountException(call, view, startedAt, exception, callersToken)?.SourceException ?? exception;

    /// <summary>Counts what an exception of the operation means. The classifier's own exception, where it threw one: that is to reach the
    /// caller instead.</summary>
    private ExceptionDispatchInfo? CountException(
        GuardedCall call, MirrorView view, long startedAt, Exception exception, CancellationToken callersToken)
    {
        OutcomeKind kind;
        try
        {
            kind = Judge(classifier, call, exception, callersToken);
        }
        catch (Exception judgesOwn)
        {
            Count(call, view, startedAt: 0, OutcomeKind.Ignored);
            return ExceptionDispatchInfo.Capture(judgesOwn);
        }

        Count(call, view, startedAt, kind);
        return null;
    }

    private OutcomeKind JudgeResult<TResult>(GuardedCall call, MirrorView view, TResult result)
    {
        try
        {
            return classifier.JudgeResult(result);
        }
        catch
        {
            Count(call, view, startedAt: 0, OutcomeKind.Ignored);
            throw;
        }
    }

    /// <summary>Ends the call, and counts it, unless another guard of the same breaker does.</summary>
    private void Count(GuardedCall call, MirrorView view, long startedAt, OutcomeKind kind)
    {
        if (call.End(kind) is { } counted)
        {
            Count(view, startedAt, counted);
        }
    }

    private void Count(MirrorView view, long startedAt, OutcomeKind kind)
    {
        var duration = Measure(startedAt);
        switch (kind)
        {
            case OutcomeKind.Ignored:
                view.Counter.CountIgnored();
                break;
            case OutcomeKind.Failure when duration is { } took:
                view.Counter.CountFailure(took, took >= view.SlowFrom);
                break;
            case OutcomeKind.Failure:
                view.Counter.CountFailure();
                break;
            default:
                if (duration is { } length)
                {
                    view.Counter.CountSuccess(length, length >= view.SlowFrom);
                }
                else
                {
                    view.Counter.CountSuccess();
                }

                break;
        }
    }

    private long StartOf(MirrorView view) => view.SlowFrom is null ? 0 : mirror.Time.GetTimestamp();

    private TimeSpan? Measure(long startedAt) => startedAt == 0 ? null : mirror.Time.GetElapsedTime(startedAt);
}
