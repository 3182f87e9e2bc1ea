using System.Runtime.CompilerServices;
using Polly;
using Polly.Telemetry;

namespace TaskerCore.Orleans.Client.Polly;

/// <summary>Tells Polly's telemetry what becomes of the breaker, as the pipeline's calls see it. It subscribes to nothing and keeps no
/// thread or timer, so a pipeline that is dropped leaves nothing behind, and one that makes no call tells nothing.</summary>
internal sealed class CircuitTelemetry(ICircuitBreaker breaker, ResilienceStrategyTelemetry telemetry)
{
    // Under the names and severities of Polly's own breaker, so that what watches that one understands this one.
    private static readonly ResilienceEvent Opened = new(ResilienceEventSeverity.Error, "OnCircuitOpened");
    private static readonly ResilienceEvent HalfOpened = new(ResilienceEventSeverity.Warning, "OnCircuitHalfOpened");
    private static readonly ResilienceEvent Closed = new(ResilienceEventSeverity.Information, "OnCircuitClosed");

    // Counted each time, and logged only by who wants to see every rejected call: that the circuit is open was told.
    private static readonly ResilienceEvent Rejected = new(ResilienceEventSeverity.Debug, "OnCircuitRejected");

    private readonly CircuitBreaker? _own = breaker as CircuitBreaker;
    private BreakerSnapshot _told = SnapshotOf(breaker, breaker as CircuitBreaker);

    /// <summary>Tells once of the transition that led to where the breaker is now, if the pipeline has not told of it.</summary>
    public void TellOfTransition(ResilienceContext context)
    {
        if (!ReferenceEquals(Volatile.Read(ref _told), SnapshotOf(breaker, _own)))
        {
            TellOfChange(context);
        }
    }

    public void TellOfRejection<TResult>(Rejection rejection, Outcome<TResult> outcome, ResilienceContext context) =>
        telemetry.Report(Rejected, context, outcome, new OnCircuitRejectedArguments(context, rejection));

    /// <summary>Without a copy where the breaker is the worker's own: it is looked at twice for each call.</summary>
    private static BreakerSnapshot SnapshotOf(ICircuitBreaker breaker, CircuitBreaker? own) => own is null ? breaker.Snapshot : own.View.Snapshot;

    private static ResilienceEvent EventOf(BreakerState state) => state switch
    {
        BreakerState.Open or BreakerState.ForcedOpen => Opened,
        BreakerState.HalfOpen => HalfOpened,
        _ => Closed,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellOfChange(ResilienceContext context)
    {
        var told = Volatile.Read(ref _told);
        var now = SnapshotOf(breaker, _own);
        if (!ReferenceEquals(Interlocked.CompareExchange(ref _told, now, told), told))
        {
            // Another call was faster, and tells.
            return;
        }

        var happened = EventOf(now.State);
        var staysClosed = happened.EventName == Closed.EventName && EventOf(told.State).EventName == Closed.EventName;
        if (told.Generation != now.Generation && !staysClosed)
        {
            telemetry.Report(happened, context, new OnCircuitTransitionArguments(context, now));
        }
    }
}
