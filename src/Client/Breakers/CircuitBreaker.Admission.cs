using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Breakers.Nesting;

namespace TaskerCore.Orleans.Client;

/// <content>A call in two steps, for those that run it themselves and learn its end as a value (an HTTP handler, a Polly strategy):
/// admitted here, and then settled exactly once. A closed call allocates nothing for it.</content>
internal sealed partial class CircuitBreaker
{
    /// <summary>How the outcomes of calls are judged where the caller has no judgement of its own.</summary>
    public OutcomeClassifier Classifier => classifier;

    /// <summary>What holds now: a volatile read.</summary>
    public MirrorView View => mirror.View;

    public TimeProvider Time => mirror.Time;

    /// <summary>The breaker behind a handle.</summary>
    /// <exception cref="ArgumentException">It is not one that a manager gave.</exception>
    public static CircuitBreaker Of(ICircuitBreaker breaker)
    {
        ArgumentNullException.ThrowIfNull(breaker);
        return breaker as CircuitBreaker ?? throw new ArgumentException(
            $"The breaker is a {breaker.GetType().Name}; take one that ICircuitBreakerManager.Get or ICircuitBreaker.With returned.", nameof(breaker));
    }

    /// <summary>Asks whether a call may be made. One that is admitted must be settled, whatever becomes of it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was counted, and no permit is held.</exception>
    public ValueTask<Admission> AdmitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Admission>(cancellationToken);
        }

        var view = mirror.View;
        if (PartOfProbe(view) is { } part)
        {
            return new(new Admission(view, part));
        }

        return view.Decision == CallDecision.Probe ? AdmitProbeAsync(view, cancellationToken) : new(AdmitBy(view));
    }

    /// <summary>As <see cref="AdmitAsync"/>, for a synchronous caller: it waits for the permit, as every synchronous form does.</summary>
    public Admission Admit(CancellationToken cancellationToken)
    {
        var asked = AdmitAsync(cancellationToken);
        return asked.IsCompletedSuccessfully ? asked.Result : asked.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Begins an admitted call, or the part of one that another guard of this breaker admitted. The caller makes the operation's call,
    /// leaves on the same thread (<see cref="GuardedCall.Leave"/>), and settles.</summary>
    public GuardedCall Enter(in Admission admission) => admission.Part
        ?? (admission.Permit is { } permit ? GuardedCall.Enter(mirror, admission.View, permit) : GuardedCall.Enter(mirror, admission.View));

    /// <summary>How the exception of an admitted call counts.</summary>
    public static OutcomeKind Judge(OutcomeClassifier classifier, GuardedCall call, Exception exception, CancellationToken callersToken) =>
        call.SawRejectedResponse && Rejections.MaySayRejectedResponse(exception)
            ? classifier.OfRejection
            : classifier.Judge(exception, callersToken);

    /// <summary>Says how an admitted call ended. Exactly once for each.</summary>
    public void Settle(in Admission admission, GuardedCall call, OutcomeKind kind)
    {
        if (admission.Permit is { } permit)
        {
            if (call.IsOver)
            {
                return;
            }

            SettleProbe(permit, admission.View, admission.StartedAt, call.End(kind));
        }
        else
        {
            Count(call, admission.View, admission.StartedAt, kind);
        }
    }

    private async ValueTask<Admission> AdmitProbeAsync(MirrorView view, CancellationToken cancellationToken) =>
        await mirror.AcquireProbeAsync(cancellationToken).ConfigureAwait(false) is { } permit
            ? new Admission(view, permit, StartOf(view))
            : AdmitBy(mirror.View);

    private Admission AdmitBy(MirrorView view)
    {
        switch (view.Decision)
        {
            case CallDecision.Admit:
                return new(view, StartOf(view));
            case CallDecision.Refuse:
                break;
            default:
                view.Counter.CountRejection();
                break;
        }

        return new(view, startedAt: 0);
    }

    /// <summary>Whether a call may be made, and by what.</summary>
    public readonly struct Admission
    {
        internal Admission(MirrorView view, long startedAt)
        {
            View = view;
            StartedAt = startedAt;
        }

        internal Admission(MirrorView view, HeldPermit permit, long startedAt)
        {
            View = view;
            Permit = permit;
            StartedAt = startedAt;
        }

        internal Admission(MirrorView view, GuardedCall part)
        {
            View = view;
            Part = part;
        }

        public bool IsAdmitted => Permit is not null || Part is not null || View.Decision == CallDecision.Admit;

        /// <summary>Whether the cluster refuses to have the breaker (S19), which is no rejection.</summary>
        public bool IsRefused => View.Decision == CallDecision.Refuse;

        /// <summary>Why the call may not be made; meaningful only when it is neither admitted nor refused.</summary>
        public Rejection Rejection => new(View);

        internal MirrorView View { get; }

        internal long StartedAt { get; }

        internal HeldPermit? Permit { get; }

        /// <summary>What the call is a part of: a probe of the same breaker, in which the caller runs.</summary>
        internal GuardedCall? Part { get; }

        /// <summary>The exception that says why the call may not be made. It is not thrown.</summary>
        public Exception ToException() => IsRefused ? View.ToRefusal() : Rejection.ToException();
    }
}
