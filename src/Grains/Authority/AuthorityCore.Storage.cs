using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains.Authority;

/// <content>What is read and written (C6, C7, C9).</content>
internal sealed partial class AuthorityCore
{
    private BreakerTotals _storedTotals = BreakerTotals.Zero;
    private BreakerTotals _writtenTotals = BreakerTotals.Zero;
    private Generation _writtenGeneration;
    private Generation _storedGeneration;

    /// <summary>Whether the store was read: until then nothing is written.</summary>
    public bool StoreWasRead => _store.MayWrite;

    /// <summary>Whether the generation that is in force is stored.</summary>
    public bool IsStored => _machine is not null && _storedGeneration == _machine.Generation;

    /// <summary>The generation in force.</summary>
    public Generation Generation => Machine.Generation;

    /// <summary>Whether <paramref name="generation"/>, or one that came after it, is stored.</summary>
    public bool IsStoredThrough(Generation generation) => _storedGeneration.Number >= generation.Number;

    /// <summary>Writes that failed one after the other.</summary>
    public int FailedWrites => _store.Failures;

    /// <summary>The store was read: what it had, or null when it had nothing.</summary>
    public void ReadSucceeded(StoredBreaker? stored, Moment now)
    {
        _reading.Done();
        _store.ReadSucceeded(now);
        if (stored is not null)
        {
            TakeIn(stored, now);
        }
    }

    /// <summary>The store could not be read: the breaker goes on without, and it is read again after a while.</summary>
    public void ReadFailed(Moment now) => _reading.Failed(now);

    /// <summary>The row is written.</summary>
    public void WriteSucceeded(Moment now)
    {
        _store.Succeeded(now);
        _storedTotals = _writtenTotals;
        _storedGeneration = _writtenGeneration;
    }

    /// <summary>The write failed, or nobody knows; it is repeated.</summary>
    public void WriteFailed(Moment now) => _store.Failed(now);

    /// <summary>The row was not the one that was expected; this is what it is. If it is our own, a write that seemed to fail had in
    /// fact been made; else another activation wrote it, and the two become one history (C9).</summary>
    public void WriteConflicted(StoredBreaker? stored, Moment now)
    {
        _store.Conflicted(now);
        if (stored is not null && stored.Writer != _incarnation)
        {
            TakeIn(stored, now);
        }
    }

    /// <summary>The last write of an activation that ends, if anything is left to write.</summary>
    public StoredBreaker? TakeLastWrite(Moment now)
    {
        if (_machine is not { } machine)
        {
            return null;
        }

        NewTransitions(machine);
        return _store.TryBegin(machine.Policy.MetricsInterval, now, atOnce: true) ? Capture(now) : null;
    }

    private void TakeIn(StoredBreaker stored, Moment now)
    {
        _sessions.Learn(stored.Sessions, now);
        if (_machine is not { } machine)
        {
            Begin(BreakerMachine.TakeOver(_component, stored.Machine, stored.Machine.Policy, _incarnation, now), now);
            _announced = stored.Machine.Generation;
            _storedGeneration = stored.Machine.Generation;
        }
        else
        {
            machine.SetTotals(stored.Machine.Totals.Plus(machine.Totals.Minus(_storedTotals)));
            machine.LearnHistory(stored.Machine.History);
            machine.Reconcile(AsSnapshot(stored.Machine), now);
            SetPolicy(stored.Machine.Policy, now);
            _store.Changed(urgent: true);
        }

        _storedTotals = stored.Machine.Totals;
    }

    private BreakerSnapshot AsSnapshot(MachineState stored) => new()
    {
        Component = _component,
        State = stored.State,
        Generation = stored.Generation,
        Revision = stored.Revision,
        CommandNumber = stored.CommandNumber,
        Hold = stored.Hold,
        Lineage = stored.Lineage,
        LastTransition = stored.History.LastOrDefault(),
    };

    private StoredBreaker Capture(Moment now)
    {
        var machine = Machine.Capture(now);
        _writtenTotals = machine.Totals;
        _writtenGeneration = machine.Generation;
        return new StoredBreaker { Writer = _incarnation, Machine = machine, Sessions = _sessions.Capture() };
    }
}
