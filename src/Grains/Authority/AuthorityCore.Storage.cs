using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Grains.Authority;

/// <content>What is read and written (C6, C7, C9).</content>
internal sealed partial class AuthorityCore
{
    private readonly Dictionary<Guid, (long Number, CallCounts Before, CallCounts After)> _unread = [];
    private BreakerLedger _storedLedger = BreakerLedger.Zero;
    private Generation _storedGeneration;
    private StoredBreaker? _written;

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
        if (stored is not null)
        {
            Adopt(stored, now);

            // Whoever wrote that may still be ending, and write once more: a new activation does not hear what happened before it was born.
            _check.Schedule(now);
        }

        _reading.Done();
        _store.ReadSucceeded(now);
        _unread.Clear();
    }

    /// <summary>The store could not be read: the breaker goes on without, and it is read again after a while.</summary>
    public void ReadFailed(Moment now) => _reading.Failed(now);

    /// <summary>The row is written.</summary>
    public void WriteSucceeded(Moment now)
    {
        _store.Succeeded(now);
        MarkPersisted(_written!);
    }

    /// <summary>The write failed, or nobody knows; it is repeated.</summary>
    public void WriteFailed(Moment now) => _store.Failed(now);

    /// <summary>The row was not the one that was expected; this is what it is. If it is our own, a write that seemed to fail had in
    /// fact been made; else another activation wrote it, and the two become one history (C9).</summary>
    public void WriteConflicted(StoredBreaker? stored, Moment now)
    {
        _store.Conflicted(now);
        if (stored is null)
        {
            return;
        }

        if (stored.Writer == _incarnation)
        {
            MarkPersisted(stored);
        }
        else
        {
            Adopt(stored, now);
        }
    }

    /// <summary>The last write of an activation that ends: the time in the state that it ends in is counted with it (S14). Null where
    /// nothing may be written.</summary>
    public StoredBreaker? TakeLastWrite(Moment now)
    {
        if (_machine is not { } machine)
        {
            return null;
        }

        _store.Changed(urgent: false);
        return _store.TryBegin(machine.Policy.MetricsInterval, now, atOnce: true) ? Capture(now) : null;
    }

    private void Adopt(StoredBreaker stored, Moment now)
    {
        _sessions.Adopt(stored.Sessions, now);
        if (_machine is not { } machine)
        {
            Begin(BreakerMachine.TakeOver(_component, stored.Machine, stored.Machine.Policy, _incarnation, now), now);
            _announced = stored.Machine.Generation;
        }
        else
        {
            machine.Restate(BreakerLedger.Of(stored.Machine).Plus(machine.Ledger(now).Minus(_storedLedger)).Minus(CountedTwice(stored)), now);
            machine.AdoptHistory(stored.Machine.History);
            if (machine.Reconcile(AsSnapshot(stored.Machine), now, isThePast: !StoreWasRead) == Reconciliation.Adopted)
            {
                machine.AdoptSuspect(stored.Machine, now);
            }

            SetPolicy(stored.Machine.Policy, now);
            _store.Changed(urgent: true);
        }

        MarkPersisted(stored);
    }

    private void MarkPersisted(StoredBreaker stored)
    {
        _storedLedger = BreakerLedger.Of(stored.Machine);
        _storedGeneration = stored.Machine.Generation;
    }

    /// <summary>Until the store is read, the first report of a session may be one that the activation before counted and stored already:
    /// its answer was lost, or the authority moved. Only the first: a worker sends the next when this one is answered (C4).</summary>
    private void CountUnread(WorkerReport report, CallCounts before)
    {
        if (!StoreWasRead && _unread.Count < WorkerSessions.Capacity)
        {
            _unread.TryAdd(report.Session, (report.Number, before, Machine.Totals));
        }
    }

    private BreakerLedger CountedTwice(StoredBreaker stored) => stored.Sessions
        .Where(session => _unread.TryGetValue(session.Id, out var first) && first.Number <= session.Report)
        .Select(session => _unread[session.Id])
        .Aggregate(
            BreakerLedger.Zero,
            (twice, first) => twice.Plus(new BreakerLedger { Totals = first.After }).Minus(new BreakerLedger { Totals = first.Before }));

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
        IsolatedWorker = stored.Isolated?.Name,
        IsolatedKey = stored.Isolated?.Key ?? 0,
    };

    private StoredBreaker Capture(Moment now)
    {
        return _written = new StoredBreaker { Writer = _incarnation, Machine = Machine.Capture(now), Sessions = _sessions.Capture() };
    }
}
