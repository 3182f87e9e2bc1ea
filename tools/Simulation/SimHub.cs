using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation;

/// <summary>One activation of a hub: does for <see cref="HubCore"/> what the grain does.</summary>
internal sealed class SimHub
{
    private static readonly TimeSpan AttachLimit = TimeSpan.FromSeconds(5);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly HubCore _core;
    private readonly Alarm _alarm;

    public SimHub(World world, Cluster cluster, SimSilo silo, string key)
    {
        (_world, _cluster, Silo, Host, Key) = (world, cluster, silo, silo.Host, key);
        _core = new HubCore(key, world.Random.NextGuid());
        _alarm = new Alarm(world, Host, () => Do(() => { }));
    }

    public string Key { get; }

    public SimSilo Silo { get; }

    public Host Host { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>When it last heard that the breaker is refused; null when it has heard something else since.</summary>
    public TimeSpan? RefusedAt { get; private set; }

    public void Die() => IsAlive = false;

    /// <summary>Does something here when the host does not stand still.</summary>
    public void Do(Action input) => Host.Run(() =>
    {
        if (IsAlive)
        {
            input();
            CarryOut();
        }
    });

    public void SilosChanged() => Do(() => _core.SilosChanged(Host.Now));

    public RenewalAnswer Register(WorkerRegistration registration) => Then(_core.Register(registration, Host.Now));

    public RenewalAnswer Renew(WorkerRenewal renewal) => _core.Renew(renewal, Host.Now);

    public HubPushAnswer Push(BreakerSnapshot snapshot, bool reset)
    {
        RefusedAt = null;
        return Then(_core.Push(snapshot, reset, Host.Now));
    }

    private T Then<T>(T answer)
    {
        CarryOut();
        return answer;
    }

    private void CarryOut()
    {
        var effects = _core.TakeEffects(Host.Now);
        foreach (var (observer, updates) in effects.Deliveries)
        {
            var worker = ((SimWorker.Ear)observer).Worker;
            if (_cluster.Reaches(Silo.Side, worker) && !(_world.PushLoss > 0 && _world.Random.Chance(_world.PushLoss)))
            {
                _world.Send(() => worker.Hear(updates));
            }
        }

        foreach (var (component, attachment) in effects.Attachments)
        {
            _cluster.Call<HubAttachAnswer>(
                Host,
                answer => _cluster.Authority(Silo.Side, authority => answer(_cluster.Watched(authority, () => _cluster.Attach(authority, attachment)))),
                answer => Do(() =>
                {
                    RefusedAt = answer.Refusal is null ? null : _world.Now;
                    _core.AttachAnswered(component, attachment, answer, Host.Now);
                }),
                () => Do(() => _core.AttachFailed(component, attachment, Host.Now)),
                AttachLimit);
        }

        _alarm.Set(effects.NextWake);
    }
}
