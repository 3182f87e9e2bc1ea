using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Breakers.Nesting;

namespace TaskerCore.Orleans.Client;

/// <content>A call in two steps, for those that run it themselves and learn its end as a value (an HTTP handler, a Polly strategy, a
/// user's own code): acquired here, and then settled exactly once. A closed call allocates nothing for it.</content>
internal sealed partial class CircuitBreaker : ISettlesCalls
{
    public OutcomeClassifier Classifier => classifier;

    /// <summary>What holds now: a volatile read.</summary>
    public MirrorView View => mirror.View;

    public ValueTask<CallPermit> AcquireAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<CallPermit>(cancellationToken);
        }

        var view = mirror.View;
        if (PartOfProbe(view) is { } part)
        {
            return new(new CallPermit(this, view, part, startedAt: 0));
        }

        return view.Decision switch
        {
            CallDecision.Probe => AcquireProbeAsync(view, cancellationToken),
            CallDecision.Refuse => ValueTask.FromException<CallPermit>(view.ToRefusal()),
            _ => new(PermitOf(view)),
        };
    }

    /// <summary>Begins a call that a permit of any breaker admits, or the part of one that another guard of the same breaker admitted. The
    /// caller makes the operation's call, leaves on the same thread (<see cref="GuardedCall.Leave"/>), and settles.</summary>
    public static GuardedCall Enter(in CallPermit permit) =>
        permit.Settler is CircuitBreaker own ? own.EnterOwn(permit) : GuardedCall.EnterOfAnotherBreaker();

    /// <summary>How the exception of an admitted call counts.</summary>
    public static OutcomeKind Judge(OutcomeClassifier classifier, GuardedCall call, Exception exception, CancellationToken callersToken) =>
        call.SawRejectedResponse && Rejections.MaySayRejectedResponse(exception)
            ? classifier.OfRejection
            : classifier.JudgeException(exception, callersToken);

    /// <summary>Settles a permit whose call was entered. Exactly once for each.</summary>
    public static void Settle(in CallPermit permit, GuardedCall call, OutcomeKind kind)
    {
        if (permit.Settler is CircuitBreaker own)
        {
            own.SettleOwn(permit, call, kind);
        }
        else if (call.End(kind) is { } counted)
        {
            permit.Settle(counted);
        }
    }

    void ISettlesCalls.Settle(in CallPermit permit, OutcomeKind kind)
    {
        var view = (MirrorView)permit.Source!;
        switch (permit.Held)
        {
            case HeldPermit held:
                if (held.TryEnd())
                {
                    SettleProbe(held, view, permit.StartedAt, kind);
                }

                break;
            case GuardedCall part:
                Count(part, view, permit.StartedAt, kind);
                break;
            default:
                // The caller may run inside of a guard of the same breaker, which counts the call then.
                if (GuardedCall.PartOf(mirror, view) is { } inside)
                {
                    Count(inside, view, permit.StartedAt, kind);
                }
                else
                {
                    Count(view, permit.StartedAt, kind);
                }

                break;
        }
    }

    private GuardedCall EnterOwn(in CallPermit permit)
    {
        var view = (MirrorView)permit.Source!;
        return permit.Held switch
        {
            null => GuardedCall.Enter(mirror, view),
            GuardedCall part => part,
            var held => GuardedCall.Enter(mirror, view, (HeldPermit)held),
        };
    }

    private void SettleOwn(in CallPermit permit, GuardedCall call, OutcomeKind kind)
    {
        var view = (MirrorView)permit.Source!;
        if (permit.Held is HeldPermit held)
        {
            if (held.TryEnd())
            {
                SettleProbe(held, view, permit.StartedAt, call.End(kind));
            }
        }
        else
        {
            Count(call, view, permit.StartedAt, kind);
        }
    }

    private async ValueTask<CallPermit> AcquireProbeAsync(MirrorView view, CancellationToken cancellationToken) =>
        await mirror.AcquireProbeAsync(cancellationToken).ConfigureAwait(false) is { } held
            ? new CallPermit(this, view, held, StartOf(view))
            : PermitOf(mirror.View);

    private CallPermit PermitOf(MirrorView view)
    {
        switch (view.Decision)
        {
            case CallDecision.Admit:
                return new(this, view, held: null, StartOf(view));
            case CallDecision.Refuse:
                throw view.ToRefusal();
            default:
                view.Counter.CountRejection();
                return new(view);
        }
    }
}
