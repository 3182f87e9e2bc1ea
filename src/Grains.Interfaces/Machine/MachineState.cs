using System.Collections.Immutable;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The part of a machine that outlives its activation. Runs, windows and permits do not (S14).</summary>
internal sealed record MachineState
{
    public BreakerState State { get; init; }

    public Generation Generation { get; init; }

    public long Revision { get; init; }

    public long CommandNumber { get; init; }

    public OperatorHold? Hold { get; init; }

    public Lineage Lineage { get; init; } = Lineage.Initial;

    public BreakerPolicy Policy { get; init; } = BreakerPolicy.BuiltIn;

    public CallCounts Totals { get; init; } = CallCounts.Zero;

    public ImmutableArray<BreakerTransition> History { get; init; } = [];

    public ImmutableArray<TransitionCount> TransitionCounts { get; init; } = [];

    public ImmutableArray<TimeSpan> TimeInState { get; init; } = [];

    /// <summary>The worker that is isolated (S25a).</summary>
    public KnownWorker? Isolated { get; init; }

    /// <summary>The worker that tripped the breaker alone (S25a).</summary>
    public KnownWorker? Suspect { get; init; }

    /// <summary>Whether other workers' probes have closed the breaker since the suspect tripped it (S25a).</summary>
    public bool ClosedByOthers { get; init; }
}
