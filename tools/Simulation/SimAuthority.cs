using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Simulation.Promises;

namespace TaskerCore.Orleans.Simulation;

/// <summary>One activation of the breaker's authority: does for <see cref="AuthorityCore"/> what the grain does.</summary>
internal sealed class SimAuthority
{
    private const int StaysKept = 5;
    private static readonly BreakerRefusal Full = new(RefusalKind.LimitReached, "There is no room for one breaker more.");
    private static readonly TimeSpan FirstReadLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PushLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWriteLimit = TimeSpan.FromSeconds(3);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly Alarm _alarm;
    private readonly Inbox _inbox;
    private readonly List<Stay> _stays = [];
    private long _version;
    private bool _isEnding;
    private bool _isWriting;
    private bool _lastWasTaken;

    public SimAuthority(World world, Cluster cluster, SimSilo silo)
    {
        (_world, _cluster, Silo, Host) = (world, cluster, silo, silo.Host);
        Incarnation = world.Random.NextGuid();
        StartedAt = world.Now;
        Core = new AuthorityCore(Cluster.Component, Incarnation, Cluster.Sealer, Host.Now);
        _inbox = new Inbox(Host, () => IsAlive, CarryOut);
        _alarm = new Alarm(world, Host, () => Do(() => { }));
        world.After(FirstReadLimit, () => Run(() => _inbox.Open(() => Core.ReadFailed(Host.Now))));
        cluster.Store.Breaker.Read(
            (row, version) => Run(() => _inbox.Open(() => TakeIn(version, () => Core.ReadSucceeded(row, Host.Now)))),
            () => Run(() => _inbox.Open(() => Core.ReadFailed(Host.Now))));
    }

    public AuthorityCore Core { get; }

    public Guid Incarnation { get; }

    public TimeSpan StartedAt { get; }

    /// <summary>Whether it takes inputs: it has read the store, or tried to.</summary>
    public bool IsReady => _inbox.IsOpen;

    /// <summary>When it first read the store; null before.</summary>
    public TimeSpan? ReadAt { get; private set; }

    /// <summary>Since when the breaker exists here.</summary>
    public TimeSpan CreatedAt { get; private set; }

    /// <summary>Whether it takes no more inputs: it is being deactivated.</summary>
    public bool IsEnding => _isEnding;

    public int Workers => Core.Details(Host.Now).Workers;

    public CallCounts Totals => Core.Reading(Host.Now)!.Totals;

    public BreakerPolicy Policy => Core.Policy;

    public SimSilo Silo { get; }

    public Host Host { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether it carried out an operator's command.</summary>
    public bool HasCommanded { get; private set; }

    /// <summary>The stay in the generation that it has: its own, or one that it was offered or read. Null before it has any.</summary>
    public Stay? Stay => _stays.LastOrDefault();

    /// <summary>Whether the stay was seen in the store.</summary>
    public bool StayIsStored { get; set; }

    /// <summary>The generation of the transition that it announced last.</summary>
    public Generation? Announced { get; private set; }

    /// <summary>When it last made an automatic transition, by its own clock (S9).</summary>
    public TimeSpan? LastAutomatic { get; set; }

    /// <summary>Until when, by its own clock, the next automatic transition must wait (S9).</summary>
    public TimeSpan? IntervalEnd => LastAutomatic + _cluster.Policy.MinTransitionInterval;

    /// <summary>Begins a stay; the last few are kept.</summary>
    public void Enter(Stay stay)
    {
        CreatedAt = _stays.Count == 0 ? _world.Now : CreatedAt;
        StayIsStored = false;
        _stays.Add(stay);
        if (_stays.Count > StaysKept)
        {
            _stays.RemoveAt(0);
        }
    }

    public Stay? StayIn(Generation generation) => _stays.LastOrDefault(stay => stay.Generation == generation);

    /// <summary>The stay that a transition of its own ended; null where it was too short to be seen.</summary>
    public Stay? StayLeftBy(BreakerTransition transition)
    {
        var next = _stays.FindLastIndex(stay => stay.Generation == transition.Generation);
        var left = next > 0 ? _stays[next - 1] : null;
        return left?.State == transition.From && left.Generation.Number == transition.Generation.Number - 1 ? left : null;
    }

    /// <summary>Whether its host has run for that long.</summary>
    public bool IsAwakeFor(TimeSpan time) => !_isEnding && _inbox.IsOpen && _world.Now - Host.FrozenUntil > time && _world.Now - StartedAt > time;

    /// <summary>Why the breaker may not be; null once it exists (S19).</summary>
    public BreakerRefusal? Refusal()
    {
        if (!Core.IsCreated && !_cluster.IsFull && _cluster.AnsweringDirectory(Silo.Side)?.Admit(held: null).Policy is { } policy)
        {
            Core.Admitted(policy, Host.Now);
        }

        return Core.IsCreated ? null : Full;
    }

    /// <summary>Whether it can be known now whether the breaker may be: else who calls is not answered.</summary>
    public bool KnowsRefusal => Core.IsCreated || _cluster.IsFull || _cluster.AnsweringDirectory(Silo.Side) is not null;

    /// <summary>The directory sends settings.</summary>
    public void SetPolicy(BreakerPolicy policy)
    {
        if (Core.IsCreated)
        {
            Core.SetPolicy(policy, Host.Now);
        }
    }

    /// <summary>Gives the core an input as soon as it may have one, and does what it says after it.</summary>
    public void Do(Action input) => _inbox.Do(() =>
    {
        if (!_isEnding)
        {
            input();
        }
    });

    public CommandStatus Command(OperatorCommand command)
    {
        var status = Core.Command(command, Host.Now);
        HasCommanded |= status == CommandStatus.Applied;
        _cluster.Promises.OnAuthority(this);
        _cluster.Promises.OnCommand(this, command, status);
        return status;
    }

    public void Die() => IsAlive = false;

    public void SilosChanged() => Do(() => Core.SilosChanged(Host.Now));

    /// <summary>Ends as a grain that is deactivated does: what is under way is awaited, and what is left is written.</summary>
    public void EndGracefully(Action ended) => Run(() =>
    {
        if (_isEnding || !_inbox.IsOpen)
        {
            _cluster.CountsMayDiffer = true;
            Die();
            ended();
            return;
        }

        _isEnding = true;
        var isOver = false;
        void Over(bool exact)
        {
            if (!isOver)
            {
                isOver = true;
                _cluster.CountsMayDiffer |= !exact;
                Die();
                ended();
            }
        }

        _world.After(LastWriteLimit, () => Over(exact: false));
        WriteLast(Over);
    });

    private void WriteLast(Action<bool> over)
    {
        if (_isWriting)
        {
            _world.After(TimeSpan.FromMilliseconds(1), () => Run(() => WriteLast(over)));
            return;
        }

        if (Core.TakeLastWrite(Host.Now) is not { } row)
        {
            over(!Core.IsCreated || Core.StoreWasRead);
            return;
        }

        // What falls due while it ends is stored with the last write, and told by whoever comes after it: nobody counted that.
        _cluster.CountsMayDiffer |= row.Machine.Generation.Incarnation == Incarnation && row.Machine.Generation != Announced;
        _cluster.Promises.OnWriting(this);
        _cluster.Store.Breaker.Write(row, _version, (end, version) => Run(() =>
        {
            if (end == WriteEnd.Conflict && !_lastWasTaken)
            {
                _lastWasTaken = true;
                _cluster.Store.Breaker.Read(
                    (found, current) => Run(() =>
                    {
                        TakeIn(current, () => Core.WriteConflicted(found, Host.Now));
                        WriteLast(over);
                    }),
                    () => Run(() => over(false)));
            }
            else
            {
                over(end == WriteEnd.Done);
            }
        }));
    }

    private void Run(Action action) => _inbox.Run(action);

    /// <summary>The core hears what the store has.</summary>
    private void TakeIn(long version, Action read)
    {
        Core.Advance(Host.Now);
        if (Core.IsCreated)
        {
            _cluster.Promises.OnAuthority(this);
        }

        var before = Core.Details(Host.Now).State;
        _version = version;
        read();
        if (ReadAt is null && HasCommanded && Core.History[^1].Cause != TransitionCause.TtlEnded)
        {
            _cluster.Promises.OnReadAfterCommand(before, Core.Details(Host.Now).State);
        }

        ReadAt ??= _world.Now;
        _cluster.Promises.OnAuthority(this);
    }

    private void CarryOut()
    {
        if (_isEnding)
        {
            return;
        }

        var effects = Core.TakeEffects(Host.Now);
        _cluster.Promises.OnAuthority(this);
        foreach (var transition in effects.Transitions)
        {
            Announced = transition.Generation;
            _cluster.Promises.OnTransition(this, transition);
        }

        foreach (var target in effects.Pushes)
        {
            var snapshot = effects.Snapshot!;
            _cluster.Call<HubPushAnswer>(
                Host,
                answer => _cluster.Hub(target.Hub, Silo.Side, hub => answer(hub.Push(snapshot, target.Reset))),
                answer => Do(() => Core.PushAnswered(target, snapshot, answer, Host.Now)),
                () => Do(() => Core.PushFailed(target, Host.Now)),
                PushLimit);
        }

        if (effects.Write is { } row)
        {
            Write(row);
        }

        if (effects.Read)
        {
            _cluster.Store.Breaker.Read(
                (found, version) => Do(() => TakeIn(version, () => Core.ReadSucceeded(found, Host.Now))),
                () => Do(() => Core.ReadFailed(Host.Now)));
        }

        if (effects.AskPolicy)
        {
            var held = Policy;
            _cluster.Call<BreakerPolicy>(
                Host,
                answer => _cluster.Directory(Silo.Side, directory => answer(directory.Admit(held).Policy!)),
                policy => Do(() => Core.Admitted(policy, Host.Now)),
                () => Do(() => Core.PolicyFailed(Host.Now)),
                PushLimit);
        }

        _alarm.Set(effects.NextWake);
    }

    private void Write(StoredBreaker row)
    {
        _isWriting = true;
        _cluster.Promises.OnWriting(this);
        _cluster.Store.Breaker.Write(row, _version, (end, version) => Run(() =>
        {
            switch (end)
            {
                case WriteEnd.Done:
                    _version = version;
                    _isWriting = false;
                    Core.WriteSucceeded(Host.Now);
                    _cluster.Promises.OnStored();
                    break;
                case WriteEnd.Failed:
                    _isWriting = false;
                    Core.WriteFailed(Host.Now);
                    break;
                default:
                    ReadAfterConflict();
                    return;
            }

            CarryOut();
        }));
    }

    private void ReadAfterConflict() => _cluster.Store.Breaker.Read(
        (found, version) => Run(() =>
        {
            _isWriting = false;
            TakeIn(version, () => Core.WriteConflicted(found, Host.Now));
            CarryOut();
        }),
        () => Run(() =>
        {
            _isWriting = false;
            Core.WriteFailed(Host.Now);
            CarryOut();
        }));
}
