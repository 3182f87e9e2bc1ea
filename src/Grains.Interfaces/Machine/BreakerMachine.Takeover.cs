using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The result of reconciling another history of the same breaker.</summary>
internal enum Reconciliation
{
    /// <summary>This history contains the other one.</summary>
    Contained = 0,

    /// <summary>The other one continues this history: it is adopted (C7).</summary>
    Adopted = 1,

    /// <summary>Both continued separately: they are one again, in a new generation (C9).</summary>
    Merged = 2,
}

/// <content>How a new activation goes on with what an old one decided, and how two become one (S7, C7, C9, C10).</content>
internal sealed partial class BreakerMachine
{
    private const int IssuerBits = 20;

    /// <summary>Above every revision that an authority issues: settings and probes of a breaker never change that often.</summary>
    internal const long MaxRevision = 1L << 60;

    /// <summary>Continues from the persisted state. An open breaker runs its full timeout again (C10). A half-open one begins a new half-open
    /// generation, so that earlier permits are void (S7). A TTL keeps the remaining time of its instant, at most the whole.</summary>
    public static BreakerMachine TakeOver(string component, MachineState stored, BreakerPolicy policy, Guid incarnation, Moment now)
    {
        var machine = new BreakerMachine(component, policy, incarnation, now);
        machine.AdoptHistory(stored.History);
        machine.Restate(BreakerLedger.Of(stored), now);
        machine.Revision = machine.RevisionAfter(stored.Revision);
        machine.Adopt(stored.State, stored.Generation, stored.CommandNumber, stored.Hold, stored.Lineage, stored.Isolated, now);
        machine.AdoptSuspect(stored, now);
        machine.Advance(now);
        return machine;
    }

    /// <summary>Returns what a later activation needs to continue.</summary>
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

    /// <summary>Adopts the suspicion of the activation that persisted this, if this machine continues its state (S25a).</summary>
    public void AdoptSuspect(MachineState stored, Moment now)
    {
        if (stored.State == State && Isolated == stored.Isolated)
        {
            _lone.Adopt(Isolated, stored.Suspect, stored.ClosedByOthers, now.Elapsed);
        }
    }

    /// <summary>Reconciles another history of this breaker: a worker's sealed snapshot, or a row that another activation wrote. A continuation of
    /// this history is adopted; a history that this one contains changes nothing. Otherwise the higher command number wins, and at a tie the
    /// state that protects more (C9).</summary>
    /// <param name="other">The other side's snapshot; the caller has checked its seal.</param>
    /// <param name="now">The time.</param>
    /// <param name="isThePast">Whether it precedes this activation, which could not read it until now: the commands given here then follow all of
    /// its commands (S10).</param>
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
            _log.Add(last);
        }

        if (IsContainedIn(other.Lineage) && other.CommandNumber >= CommandNumber)
        {
            _log.LeaveState(State, now.Elapsed);
            Revision = RevisionAfter(other.Revision);
            var isolated = other.IsolatedWorker is { } worker ? new KnownWorker(worker, other.IsolatedKey) : null;
            Adopt(other.State, other.Generation, other.CommandNumber, other.Hold, Lineage.Union(other.Lineage), isolated, now);
            Advance(now);
            return Reconciliation.Adopted;
        }

        Merge(other, now);
        Advance(now);
        return Reconciliation.Merged;
    }

    /// <summary>Applies a worker's remaining time of an open stay that this activation took over: the stay is not longer (C10). A stay that this
    /// activation began ends by its own timer.</summary>
    public void HearRemaining(Generation generation, TimeSpan remaining, Moment now)
    {
        if (State != BreakerState.Open || generation != Generation || Generation.Incarnation == _incarnation)
        {
            return;
        }

        var timeout = Policy.Settings.OpenDuration;
        var entered = now.Elapsed + Durations.Min(Durations.NotNegative(remaining), timeout) - timeout;
        if (entered < _enteredAt)
        {
            _enteredAt = entered;
            Revision = RevisionAfter(Revision);
        }

        Advance(now);
    }

    /// <summary>Continues above a worker's later revision of this generation: an earlier activation issued it, or, during a split, one that took
    /// over what this one began. Otherwise the worker would regard this machine's snapshots as old (C5). A revision above any number of changes
    /// is forged and ignored.</summary>
    public void AdoptRevision(Generation generation, long revision)
    {
        if (generation == Generation && revision > Revision && revision <= MaxRevision)
        {
            Revision = RevisionAfter(revision);
        }
    }

    /// <summary>Returns the counts over the breaker's life.</summary>
    public BreakerLedger Ledger(Moment now) => new() { Totals = Totals, TransitionCounts = [.. _log.Counts], TimeInState = TimeInState(now) };

    /// <summary>Replaces the counts by the sum of two activations' ledgers, which the caller computes.</summary>
    public void Restate(BreakerLedger ledger, Moment now)
    {
        _totals.Replace(ledger.Totals);
        _log.Restate(ledger.TransitionCounts, ledger.TimeInState, now.Elapsed);
    }

    /// <summary>Adopts transitions that another activation made.</summary>
    public void AdoptHistory(IEnumerable<BreakerTransition> transitions)
    {
        foreach (var transition in transitions)
        {
            _log.Add(transition);
        }
    }

    /// <summary>Returns the next revision: the number of changes, and in the low bits the issuer, so that two activations never publish different
    /// snapshots of one generation under one revision (C5).</summary>
    private long RevisionAfter(long revision) => (((revision >> IssuerBits) + 1) << IssuerBits) | ((uint)_incarnation.GetHashCode() & ((1L << IssuerBits) - 1));

    private void Adopt(
        BreakerState state, Generation generation, long commandNumber, OperatorHold? hold, Lineage lineage, KnownWorker? isolated, Moment now)
    {
        State = state;
        Generation = generation;
        CommandNumber = commandNumber;
        Lineage = lineage;
        BeginStay(now);
        _lone.Adopt(isolated, suspect: null, closedByOthers: false, now.Elapsed);
        if (state.IsForced())
        {
            HoldUntil(hold, now);
        }
        else if (state == BreakerState.HalfOpen)
        {
            Enter(BreakerState.HalfOpen, TransitionCause.Takeover, now);
        }
    }

    /// <summary>Returns whether another history contains this one. A lineage counts everything below its floor as contained, but a generation
    /// that began here only if it is listed.</summary>
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

    /// <summary>Returns the hold that ends later; one without an end outlasts all.</summary>
    private static OperatorHold? Longer(OperatorHold? a, OperatorHold? b) =>
        a is null || b is null ? null : a.UntilUtc >= b.UntilUtc ? a : b;
}
