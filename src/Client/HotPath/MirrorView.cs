using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Client.HotPath;

/// <summary>What the hot path does with a call.</summary>
internal enum CallDecision
{
    /// <summary>Make it.</summary>
    Admit = 0,

    /// <summary>Do not make it.</summary>
    Reject = 1,

    /// <summary>Ask for a probe permit first.</summary>
    Probe = 2,

    /// <summary>The cluster refuses to have the breaker.</summary>
    Refuse = 3,
}

/// <summary>All that a call reads: one immutable object behind one volatile reference.</summary>
internal sealed class MirrorView : IRejectionSource
{
    private readonly TimeProvider _time;
    private readonly long _receivedAt;

    public MirrorView(
        BreakerSnapshot snapshot, BreakerMode mode, BreakerRefusal? refusal, OutcomeCounter counter, TimeProvider time, bool held = false)
    {
        IsHeld = held;
        _time = time;
        _receivedAt = time.GetTimestamp();
        Snapshot = snapshot;
        Mode = mode;
        Refusal = refusal;
        Counter = counter;
        SlowFrom = snapshot.Policy.Settings.SlowCallDuration;
        Decision = refusal is not null ? CallDecision.Refuse
            : held ? CallDecision.Reject
            : snapshot.Admits ? CallDecision.Admit
            : snapshot is { State: BreakerState.HalfOpen, FreeProbes: > 0 } ? CallDecision.Probe
            : CallDecision.Reject;
    }

    public CallDecision Decision { get; }

    public BreakerSnapshot Snapshot { get; }

    public BreakerMode Mode { get; }

    /// <summary>Whether calls wait until this worker's failures are judged (C12).</summary>
    public bool IsHeld { get; }

    public BreakerRefusal? Refusal { get; }

    /// <summary>Counts what this view admits and rejects.</summary>
    public OutcomeCounter Counter { get; }

    /// <summary>The duration from which a call is slow; null: durations are not measured (S2 c).</summary>
    public TimeSpan? SlowFrom { get; }

    RejectionKind IRejectionSource.Kind =>
        IsHeld ? RejectionKind.Held : Mode == BreakerMode.Isolated ? RejectionKind.Own : RejectionKind.Circuit;

    string IRejectionSource.Component => Snapshot.Component;

    BreakerState IRejectionSource.State => Snapshot.State;

    Generation IRejectionSource.Generation => Snapshot.Generation;

    TimeSpan? IRejectionSource.RetryAfter => Snapshot.State == BreakerState.HalfOpen
        ? Snapshot.Policy.Settings.EffectiveProbeLease
        : RemainingNow;

    TransitionCause? IRejectionSource.Cause => Snapshot.LastTransition?.Cause;

    string? IRejectionSource.Actor => Snapshot.LastTransition?.Actor;

    string? IRejectionSource.Reason => Snapshot.LastTransition?.Reason;

    /// <summary>The snapshot with the time that remains now.</summary>
    public BreakerSnapshot CurrentSnapshot => Snapshot.Remaining is null ? Snapshot : Snapshot with { Remaining = RemainingNow };

    /// <summary>The exception that says why the cluster refuses the breaker; there must be a refusal.</summary>
    public BreakerRefusedException ToRefusal() => new(Snapshot.Component, Refusal!);

    private TimeSpan? RemainingNow => Snapshot.Remaining is { } remaining
        ? Durations.NotNegative(remaining - _time.GetElapsedTime(_receivedAt))
        : null;
}
