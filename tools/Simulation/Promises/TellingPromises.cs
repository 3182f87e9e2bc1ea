namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>C1, C5, S5, S18: what an authority decides is announced in the same step and pushed at once, and settings and free probes are told
/// likewise.</summary>
internal sealed class TellingPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    /// <summary>What a push may take where no message is lost or slow: one that is under way is awaited, and changes within a generation
    /// pause before it.</summary>
    private static readonly TimeSpan Push = TimeSpan.FromSeconds(0.3);

    /// <summary>Where a message was lost, whoever waits for it gives it up and tries again.</summary>
    private static readonly TimeSpan NetworkRecovery = TimeSpan.FromSeconds(12);

    /// <summary>What the directory waits before it sends settings again to a breaker that did not take them, and a push.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<SimAuthority, (bool Free, TimeSpan Since)> _free = [];
    private TimeSpan _settingsSince;
    private long _settings;

    public override void OnStep(SimAuthority authority)
    {
        if (authority.Stay is not { } stay || authority.IsEnding || !authority.IsReady)
        {
            return;
        }

        NoteFree(authority, stay);
        if (stay.IsOwn && authority.Announced != stay.Generation)
        {
            Fail("C6 what is decided is announced in the same step", $"{stay.State} {stay.Generation} is not");
        }
    }

    public override void OnLook()
    {
        if (_settings != Cluster.Policy.Version)
        {
            (_settings, _settingsSince) = (Cluster.Policy.Version, World.Now);
        }

        if (Cluster.LivingAuthorities.FirstOrDefault() is not { Stay: { } stay, IsEnding: false, IsReady: true } authority)
        {
            return;
        }

        if (!Cluster.IsWhole || World.Now - World.QuietSince < NetworkRecovery || !authority.IsAwakeFor(Push) || World.Now - authority.CreatedAt < Push)
        {
            return;
        }

        if (World.Now - _settingsSince > Push && authority.Policy.Version < _settings
            && Cluster.LivingDirectories.FirstOrDefault() is { } directory && directory.IsAwakeFor(Pause) && World.Now - directory.ReadAt > Pause)
        {
            Fail("S18 settings reach every breaker", $"{authority.Policy.Version} instead of {_settings}");
        }

        foreach (var worker in Cluster.Workers.Where(worker => worker.Core.Refusal is null && World.Now - worker.StartedAt > NetworkRecovery))
        {
            Told(authority, stay, worker);
        }
    }

    private void Told(SimAuthority authority, Stay stay, SimWorker worker)
    {
        var has = worker.Core.Cluster;
        if (World.Now - stay.Since > Push && (!World.Has(Fault.Split) || stay.Since > World.QuietSince) && has.Generation != stay.Generation)
        {
            Fail("C1 what is decided is pushed at once", $"{worker.Name} has {Show(has)}, the authority {stay.State} {stay.Generation} since {stay.Since.TotalSeconds:0.000} s");
        }

        if (World.Now - stay.Since > Push && World.Now - _settingsSince > Push && has.Policy.Version < _settings && !World.Has(Fault.Split)
            && authority.Policy.Version == _settings)
        {
            Fail("S18 settings are pushed at once", $"{worker.Name} has {has.Policy.Version} instead of {_settings}");
        }

        if (_free.TryGetValue(authority, out var free) && World.Now - free.Since > Push && World.Now - stay.Since > Push
            && has.Generation == stay.Generation && has.FreeProbes > 0 != free.Free && !World.Has(Fault.Split))
        {
            Fail("S5 mirrors are told whether probes are free", $"{worker.Name} has {Show(has)} with {has.FreeProbes} free; {authority.Core.Details(authority.Host.Now).ProbesOutstanding} are out, known are {string.Join(", ", stay.Probes.Outstanding)}, {stay.Probes.Successes} succeeded");
        }
    }

    private void NoteFree(SimAuthority authority, Stay stay)
    {
        var isFree = stay.State == BreakerState.HalfOpen && !stay.Probes.AreDecisiveBy(authority.Policy.Settings)
            && stay.Probes.Outstanding.Count < authority.Policy.Settings.EffectiveMaxProbes;
        if (!_free.TryGetValue(authority, out var known) || known.Free != isFree || known.Since < stay.Since)
        {
            _free[authority] = (isFree, World.Now);
        }
    }
}
