using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation;

/// <summary>One activation of the directory: does for <see cref="DirectoryCore"/> what the grain does.</summary>
internal sealed class SimDirectory
{
    private static readonly TimeSpan FirstReadLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettingsLimit = TimeSpan.FromSeconds(5);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly Alarm _alarm;
    private readonly Inbox _inbox;
    private long _rowVersion;

    public SimDirectory(World world, Cluster cluster, SimSilo silo)
    {
        (_world, _cluster, Silo, Host, StartedAt) = (world, cluster, silo, silo.Host, world.Now);
        Core = new DirectoryCore(world.Random.NextGuid(), silo.Configuration, Host.Now);
        _inbox = new Inbox(Host, () => IsAlive, CarryOut);
        _alarm = new Alarm(world, Host, () => Do(() => { }));
        world.After(FirstReadLimit, () => Run(() => _inbox.Open(() => Core.ReadFailed(Host.Now))));
        cluster.Store.Directory.Read(
            (row, version) => Run(() => _inbox.Open(() => Read(row, version))),
            () => Run(() => _inbox.Open(() => Core.ReadFailed(Host.Now))));
    }

    public DirectoryCore Core { get; }

    public SimSilo Silo { get; }

    public Host Host { get; }

    public TimeSpan StartedAt { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>When it read the store; null: it has not.</summary>
    public TimeSpan? ReadAt { get; private set; }

    /// <summary>The settings that a breaker did not take and that have not been sent again, and since when; null: none.</summary>
    public (long Version, TimeSpan Since)? Owed { get; private set; }

    /// <summary>Whether it can answer now.</summary>
    public bool IsAnswering => IsAlive && _inbox.IsOpen && Host.FrozenUntil <= _world.Now;

    public void Die() => IsAlive = false;

    /// <summary>Whether its host has run for that long.</summary>
    public bool IsAwakeFor(TimeSpan time) => IsAnswering && _world.Now - Host.FrozenUntil > time && _world.Now - StartedAt > time;

    /// <summary>Gives the core an input as soon as it may have one, and does what it says after it.</summary>
    public void Do(Action input) => _inbox.Do(input);

    public void SilosChanged() => Do(() => Core.SilosChanged(Host.Now));

    public AdmissionAnswer Admit(BreakerPolicy? held)
    {
        var answer = Core.Admit(Cluster.Component, held);
        CarryOut();
        return answer;
    }

    public ConfigurationAnswer Offer(ConfigurationOffer offer)
    {
        var answer = Core.Offer(offer, Host.Now.Utc);
        _cluster.Promises.OnOffered(this, offer, answer);
        CarryOut();
        return answer;
    }

    private void Run(Action action) => _inbox.Run(action);

    private void Read(StoredDirectory? row, long version)
    {
        _rowVersion = version;
        Learn(row, () => Core.ReadSucceeded(row, Host.Now));
        ReadAt ??= _world.Now;
    }

    /// <summary>The core learns what the store has.</summary>
    private void Learn(StoredDirectory? row, Action learn)
    {
        _cluster.Promises.OnDirectory(this);
        string[] created = [.. Core.Created];
        learn();
        _cluster.Promises.OnDirectoryLearned(this, row, created);
    }

    private void CarryOut()
    {
        var effects = Core.TakeEffects(Host.Now);
        _cluster.Promises.OnDirectory(this);
        foreach (var (component, policy) in effects.Settings)
        {
            Owed = null;
            _cluster.Call<bool>(
                Host,
                answer => _cluster.Authority(Silo.Side, authority =>
                {
                    authority.SetPolicy(policy);
                    answer(true);
                }),
                _ => Do(() => Core.SettingsTaken(component, policy.Version, Host.Now)),
                () => Do(() =>
                {
                    Owed = (policy.Version, _world.Now);
                    Core.SettingsNotTaken(component, policy.Version, Host.Now);
                }),
                SettingsLimit);
        }

        if (effects.Write is { } write)
        {
            Write(write);
        }

        if (effects.Read)
        {
            _cluster.Store.Directory.Read((row, version) => Do(() => Read(row, version)), () => Do(() => Core.ReadFailed(Host.Now)));
        }

        _alarm.Set(effects.NextWake);
    }

    private void Write(StoredDirectory write) => _cluster.Store.Directory.Write(write, _rowVersion, (end, version) => Do(() =>
    {
        switch (end)
        {
            case WriteEnd.Done:
                _rowVersion = version;
                Core.WriteSucceeded(Host.Now);
                break;
            case WriteEnd.Failed:
                Core.WriteFailed(Host.Now);
                break;
            default:
                _cluster.Store.Directory.Read(
                    (row, current) => Do(() =>
                    {
                        _rowVersion = current;
                        Learn(row, () => Core.WriteConflicted(row, Host.Now));
                    }),
                    () => Do(() => Core.WriteFailed(Host.Now)));
                break;
        }
    }));
}
