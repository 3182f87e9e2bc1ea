using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Simulation;

/// <summary>One activation of the breaker's authority: does for <see cref="AuthorityCore"/> what the grain does.</summary>
internal sealed class SimAuthority
{
    private static readonly TimeSpan FirstReadLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PushLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWriteLimit = TimeSpan.FromSeconds(3);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly Alarm _alarm;
    private readonly Queue<Action> _waiting = new();
    private long _version;
    private bool _hasRead;
    private bool _isReady;
    private bool _isEnding;
    private bool _isWriting;
    private bool _lastWasTaken;

    public SimAuthority(World world, Cluster cluster, SimSilo silo)
    {
        (_world, _cluster, Silo, Host) = (world, cluster, silo, silo.Host);
        Incarnation = world.Random.NextGuid();
        StartedAt = world.Now;
        Core = new AuthorityCore(Cluster.Component, Incarnation, Cluster.Sealer, Host.Now);
        _alarm = new Alarm(world, Host, () => Do(() => Core.Advance(Host.Now)));
        Core.TakeEffects(Host.Now);
        world.After(FirstReadLimit, () => Run(() => FirstRead(() => Core.ReadFailed(Host.Now))));
        cluster.Store.Read(
            (row, version) => Run(() => FirstRead(() => TakeIn(version, () => Core.ReadSucceeded(row, Host.Now)))),
            () => Run(() => FirstRead(() => Core.ReadFailed(Host.Now))));
    }

    public AuthorityCore Core { get; }

    public Guid Incarnation { get; }

    public TimeSpan StartedAt { get; }

    public SimSilo Silo { get; }

    public Host Host { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether it carried out an operator's command.</summary>
    public bool HasCommanded { get; private set; }

    /// <summary>The generation that the promises were last checked for.</summary>
    public Generation? Checked { get; set; }

    /// <summary>Since when it has that generation: its own, or one that it was offered or read.</summary>
    public TimeSpan CheckedSince { get; set; }

    /// <summary>When it last made an automatic transition, by its own clock (S9).</summary>
    public TimeSpan? LastAutomatic { get; set; }

    /// <summary>Gives the core an input as soon as it may have one, and does what it says after it.</summary>
    public void Do(Action input) => Run(() =>
    {
        if (!_isReady)
        {
            _waiting.Enqueue(input);
        }
        else if (!_isEnding)
        {
            input();
            CarryOut();
        }
    });

    public CommandStatus Command(OperatorCommand command)
    {
        var status = Core.Command(command, Host.Now);
        HasCommanded |= status == CommandStatus.Applied;
        return status;
    }

    public void Die() => IsAlive = false;

    public void SilosChanged() => Do(() => Core.SilosChanged(Host.Now));

    /// <summary>Ends as a grain that is deactivated does: what is under way is awaited, and what is left is written.</summary>
    public void EndGracefully(Action ended) => Run(() =>
    {
        if (_isEnding || !_isReady)
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
            over(!Core.IsCreated);
            return;
        }

        _cluster.Store.Write(row, _version, (end, version) => Run(() =>
        {
            if (end == WriteEnd.Conflict && !_lastWasTaken)
            {
                _lastWasTaken = true;
                _cluster.Store.Read(
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

    private void Run(Action action) => Host.Run(() =>
    {
        if (IsAlive)
        {
            action();
        }
    });

    /// <summary>The core hears what the store has.</summary>
    private void TakeIn(long version, Action read)
    {
        Core.Advance(Host.Now);
        var before = Core.Details(Host.Now).State;
        _version = version;
        read();
        if (!_hasRead && HasCommanded && Core.History[^1].Cause != TransitionCause.TtlEnded)
        {
            _cluster.Promises.OnReadAfterCommand(before, Core.Details(Host.Now).State);
        }

        _hasRead = true;
        _cluster.Promises.OnAuthority(this);
    }

    private void FirstRead(Action read)
    {
        if (_isReady)
        {
            return;
        }

        read();
        if (!Core.IsCreated)
        {
            Core.Admitted(_cluster.Policy, Host.Now);
        }

        _isReady = true;
        CarryOut();
        while (_waiting.TryDequeue(out var input))
        {
            input();
            CarryOut();
        }
    }

    private void CarryOut()
    {
        if (_isEnding)
        {
            return;
        }

        var effects = Core.TakeEffects(Host.Now);
        foreach (var transition in effects.Transitions)
        {
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
            _cluster.Store.Read(
                (found, version) => Do(() => TakeIn(version, () => Core.ReadSucceeded(found, Host.Now))),
                () => Do(() => Core.ReadFailed(Host.Now)));
        }

        if (effects.AskPolicy)
        {
            _cluster.Call<BreakerPolicy>(
                Host,
                answer => answer(_cluster.Policy),
                policy => Do(() => Core.Admitted(policy, Host.Now)),
                () => Do(() => Core.PolicyFailed(Host.Now)),
                PushLimit);
        }

        _alarm.Set(effects.NextWake);
    }

    private void Write(StoredBreaker row)
    {
        _isWriting = true;
        _cluster.Store.Write(row, _version, (end, version) => Run(() =>
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

    private void ReadAfterConflict() => _cluster.Store.Read(
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
