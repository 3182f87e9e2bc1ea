using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>What became of another history of the same breaker.</summary>
internal enum Reconciliation
{
    /// <summary>It says nothing that this one does not contain.</summary>
    Contained = 0,

    /// <summary>It goes on where this one ended: it stands (C7).</summary>
    Adopted = 1,

    /// <summary>Both went on by themselves: they are one again, in a new generation (C9).</summary>
    Merged = 2,
}

/// <content>How a new activation goes on with what an old one decided, and how two become one (S7, C7, C9, C10).</content>
internal sealed partial class BreakerMachine
{
    private const int IssuerBits = 20;

    /// <summary>Above every revision that an authority issues: no breaker's settings and probes change so often.</summary>
    internal const long MaxRevision = 1L << 60;

    /// <summary>Goes on from what was stored. An open breaker runs its full timeout again (C10); a half-open one begins a new
    /// half-open generation, so that the permits of the old are void (S7); of a TTL remains what its instant says, at most all.</summary>
    public static BreakerMachine TakeOver(string component, MachineState stored, BreakerPolicy policy, Guid incarnation, Moment now)
    {
        var machine = new BreakerMachine(component, policy, incarnation, now);
        machine.LearnHistory(stored.History);
        machine.Restate(BreakerLedger.Of(stored), now);
        machine.Revision = machine.RevisionAfter(stored.Revision);
        machine.GoOnWith(stored.State, stored.Generation, stored.CommandNumber, stored.Hold, stored.Lineage, stored.Isolated, now);
        machine.LearnSuspect(stored, now);
        machine.Advance(now);
        return machine;
    }

    /// <summary>What a later activation needs to go on from here.</summary>
    public MachineState Capture(Moment now) => new()
    {
        State = State,
        Generation = Generation,
        Revision = Revision,
        CommandNumber = CommandNumber,
        Hold = Hold,
        Lineage = Lineage,
        Policy = Policy,
        Totals = Totals,
        History = [.. _log.History],
        TransitionCounts = [.. _log.Counts],
        TimeInState = TimeInState(now),
        Isolated = Isolated,
        Suspect = _lone.Suspect,
        ClosedByOthers = _lone.ClosedByOthers,
    };

    /// <summary>Takes up the suspicion of the activation that stored this, if what it stored is what goes on here (S25a).</summary>
    public void LearnSuspect(MachineState stored, Moment now)
    {
        if (stored.State == State && Isolated == stored.Isolated)
        {
            _lone.GoOnWith(Isolated, stored.Suspect, stored.ClosedByOthers, now.Elapsed);
        }
    }

    /// <summary>Takes note of another history of this breaker: a worker's sealed snapshot, or a row that another activation wrote.
    /// If it goes on where this one ended it stands; if this one goes on where it ended nothing changes; else the higher
    /// command number wins, and at a tie the state that protects more (C9).</summary>
    /// <param name="other">What the other side says; its seal was checked by the caller.</param>
    /// <param name="now">The time.</param>
    /// <param name="isThePast">Whether it is what went before this activation, which could not read it until now: then the commands that
    /// were given here came after all of its (S10).</param>
    public Reconciliation Reconcile(BreakerSnapshot other, Moment now, bool isThePast = false)
    {
        Advance(now);
        if (Lineage.Contains(other.Generation) && other.CommandNumber <= CommandNumber)
        {
            return Reconciliation.Contained;
        }

        if (isThePast && _commandsHere > 0 && !other.Lineage.Tips.Any(tip => tip.Incarnation == _incarnation))
        {
            // What follows is a merge, and so a new generation: in one generation the command number never changes.
            CommandNumber = Math.Max(CommandNumber, other.CommandNumber + _commandsHere);
        }

        if (other.LastTransition is { } last)
        {
            _log.Learn(last);
        }

        if (IsContainedIn(other.Lineage) && other.CommandNumber >= CommandNumber)
        {
            _log.LeaveState(State, now.Elapsed);
            Revision = RevisionAfter(other.Revision);
            var isolated = other.IsolatedWorker is { } worker ? new KnownWorker(worker, other.IsolatedKey) : null;
            GoOnWith(other.State, other.Generation, other.CommandNumber, other.Hold, Lineage.Union(other.Lineage), isolated, now);
            Advance(now);
            return Reconciliation.Adopted;
        }

        Merge(other, now);
        Advance(now);
        return Reconciliation.Merged;
    }

    /// <summary>A worker has <paramref name="remaining"/> left of an open stay that this activation took up: it is not longer than
    /// that (C10). Of a stay that this activation began its own clock decides.</summary>
    public void HearRemaining(Generation generation, TimeSpan remaining, Moment now)
    {
        if (State != BreakerState.Open || generation != Generation || Generation.Incarnation == _incarnation)
        {
            return;
        }

        var timeout = Policy.Settings.Timeout;
        var entered = now.Elapsed + Durations.Min(Durations.NotNegative(remaining), timeout) - timeout;
        if (entered < _enteredAt)
        {
            _enteredAt = entered;
            Revision = RevisionAfter(Revision);
        }

        Advance(now);
    }

    /// <summary>A worker has a later revision of this generation: another activation issued it, one before this, or, in a split, one that took
    /// up what this one had begun. Go on above it, or the worker would take what is said here for old (C5). One that no number
    /// of changes comes to is made up.</summary>
    public void HearRevision(Generation generation, long revision)
    {
        if (generation == Generation && revision > Revision && revision <= MaxRevision)
        {
            Revision = RevisionAfter(revision);
        }
    }

    /// <summary>What was counted over the breaker's life.</summary>
    public BreakerLedger Ledger(Moment now) => new() { Totals = Totals, TransitionCounts = [.. _log.Counts], TimeInState = TimeInState(now) };

    /// <summary>Replaces what was counted: the ledgers of two activations were added up by whoever knows what each had counted.</summary>
    public void Restate(BreakerLedger ledger, Moment now)
    {
        _totals.Replace(ledger.Totals);
        _log.Restate(ledger.TransitionCounts, ledger.TimeInState, now.Elapsed);
    }

    /// <summary>Learns transitions that another activation made.</summary>
    public void LearnHistory(IEnumerable<BreakerTransition> transitions)
    {
        foreach (var transition in transitions)
        {
            _log.Learn(transition);
        }
    }

    /// <summary>The next revision: how many changes there were, and in the low bits who issued it, so that no two activations say different
    /// things of one generation under one revision, whatever each knows of the other's (C5).</summary>
    private long RevisionAfter(long revision) => (((revision >> IssuerBits) + 1) << IssuerBits) | ((uint)_incarnation.GetHashCode() & ((1L << IssuerBits) - 1));

    private void GoOnWith(
        BreakerState state, Generation generation, long commandNumber, OperatorHold? hold, Lineage lineage, KnownWorker? isolated, Moment now)
    {
        State = state;
        Generation = generation;
        CommandNumber = commandNumber;
        Lineage = lineage;
        BeginStay(now);
        _lone.GoOnWith(isolated, suspect: null, closedByOthers: false, now.Elapsed);
        if (state.IsForced())
        {
            HoldUntil(hold, now);
        }
        else if (state == BreakerState.HalfOpen)
        {
            Enter(BreakerState.HalfOpen, TransitionCause.Takeover, now);
        }
    }

    /// <summary>Whether another history contains this one. The floor of a lineage counts whatever lies below it as contained; a
    /// generation that was begun here is so only if that history names it.</summary>
    private bool IsContainedIn(Lineage other) => Generation.Incarnation == _incarnation
        ? other.Tips.Any(tip => tip.Incarnation == _incarnation && tip.Number >= Generation.Number)
        : other.Contains(Generation);

    private void Merge(BreakerSnapshot other, Moment now)
    {
        var theirsWins = (other.CommandNumber, other.State.MergePriority()).CompareTo((CommandNumber, State.MergePriority())) > 0;
        var state = theirsWins ? other.State : State;
        var hold = theirsWins ? other.Hold : Hold;
        if (other.CommandNumber == CommandNumber && other.State == State)
        {
            hold = Longer(Hold, other.Hold);
        }

        CommandNumber = Math.Max(CommandNumber, other.CommandNumber);
        Lineage = Lineage.Union(other.Lineage);
        Enter(state, TransitionCause.Merged, now, above: other.Generation.Number);
        if (state.IsForced())
        {
            HoldUntil(hold, now);
        }
    }

    /// <summary>The hold that ends later; one without an end outlasts all.</summary>
    private static OperatorHold? Longer(OperatorHold? a, OperatorHold? b) =>
        a is null || b is null ? null : a.UntilUtc >= b.UntilUtc ? a : b;
}
