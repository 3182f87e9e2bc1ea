using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Simulation;

/// <summary>Makes things go wrong, at times that the seed decides, and mends them.</summary>
internal sealed class Faults(World world, Cluster cluster)
{
    /// <summary>No command's TTL is longer.</summary>
    public static readonly TimeSpan LongestTtl = TimeSpan.FromSeconds(10);

    /// <summary>No settings have a higher failure threshold.</summary>
    public const int HighestFailureThreshold = 5;

    private readonly List<Action> _running = [];

    public void Begin()
    {
        Repeat(6, Component);
        On(Fault.Network, 5, Network);
        On(Fault.Store, 6, Store);
        On(Fault.SiloCrash, 12, () => cluster.Crash(world.Random.Pick(cluster.AllSilos)));
        On(Fault.Move, 8, cluster.Move);
        On(Fault.WorkerCrash, 10, CrashWorker);
        On(Fault.Freeze, 8, Freeze);
        On(Fault.Split, 15, Split);
        On(Fault.ClockJump, 8, () => world.Random.Pick(cluster.AllSilos).Host.JumpWallClock(world.Random.Between(-3600, 3600)));
        On(Fault.Cut, 8, Cut);
        On(Fault.Commands, 10, Command);
        On(Fault.Settings, 12, ChangeSettings);
        On(Fault.Forgery, 5, Forge);
        On(Fault.LostPushes, 4, LosePushes);
        On(Fault.Refusals, 15, BeFull);
        On(Fault.Rates, 6, FailInPart);
        if (world.Has(Fault.Refusals))
        {
            BeFull();
        }
    }

    /// <summary>Everything is whole again, and stays so.</summary>
    public void End()
    {
        world.IsHostile = false;
        _running.ToList().ForEach(mend => mend());
        cluster.ComponentIsDown = false;
        foreach (var worker in cluster.Workers)
        {
            worker.ComponentIsAway = false;
        }

        if (world.Has(Fault.Commands))
        {
            Command(CommandKind.Release);
        }
    }

    private void On(Fault fault, double meanSeconds, Action happen)
    {
        if (world.Has(fault))
        {
            Repeat(meanSeconds, happen);
        }
    }

    private void Repeat(double meanSeconds, Action happen) => world.After(world.Random.Around(meanSeconds), () =>
    {
        if (world.IsHostile)
        {
            happen();
            Repeat(meanSeconds, happen);
        }
    });

    /// <summary>Begins something, and ends it after a while, or when all faults end.</summary>
    private void For(double fromSeconds, double toSeconds, Action begin, Action end, bool disturbs = true)
    {
        begin();
        _running.Add(Mend);
        var lasts = world.Random.Between(fromSeconds, toSeconds);
        world.After(lasts, Mend);
        if (disturbs)
        {
            world.Disturb(world.Now + lasts);
        }

        void Mend()
        {
            if (_running.Remove(Mend))
            {
                end();
            }
        }
    }

    private void Component()
    {
        if (world.Random.Chance(world.Options.IsSteady ? 0.15 : 0.5))
        {
            For(0.2, 8, () => cluster.ComponentIsDown = true, () => cluster.ComponentIsDown = false, disturbs: false);
        }
        else
        {
            var worker = world.Random.Pick(cluster.Workers);
            For(0.2, world.Has(Fault.SeldomCalls) ? 60 : world.Options.IsSteady ? 20 : 8, () => worker.ComponentIsAway = true, () => worker.ComponentIsAway = false, disturbs: false);
        }
    }

    private void Network() => For(
        0.5,
        10,
        () => (world.Loss, world.Duplication, world.SlowMessages) = (world.Random.NextDouble() * 0.5, world.Random.NextDouble() * 0.3, world.Random.NextDouble() * 0.3),
        () => (world.Loss, world.Duplication, world.SlowMessages) = (0, 0, 0));

    private void Store()
    {
        switch (world.Random.Next(0, 3))
        {
            case 0:
                For(0.5, 20, () => cluster.Store.IsDown = true, () => cluster.Store.IsDown = false, disturbs: false);
                break;
            case 1:
                For(0.5, 10, () => cluster.Store.IsSlow = true, () => cluster.Store.IsSlow = false, disturbs: false);
                break;
            default:
                For(0.5, 10, () => cluster.Store.FailsAfterWriting = 0.5, () => cluster.Store.FailsAfterWriting = 0, disturbs: false);
                break;
        }
    }

    private void CrashWorker()
    {
        cluster.CountsMayDiffer = true;
        var worker = world.Random.Pick(cluster.Workers);
        worker.Die();
        cluster.Workers.Remove(worker);
        cluster.StartWorker();
    }

    private void Freeze()
    {
        var host = world.Random.Chance(0.5) ? world.Random.Pick(cluster.Workers).Host : world.Random.Pick(cluster.AllSilos).Host;
        var before = host.FrozenUntil;
        For(0.5, 15, () => host.FrozenUntil = TimeSpan.MaxValue, () => { });
        host.FrozenUntil = Durations.Max(before, world.Now + world.Random.Between(0.5, 15));
        world.Disturb(host.FrozenUntil);
    }

    private void BeFull() => For(0.2, 12, () => cluster.IsFull = true, () => cluster.IsFull = false, disturbs: false);

    private void FailInPart() => For(
        0.5,
        8,
        () => (cluster.FailingShare, cluster.SlowShare) = (world.Random.NextDouble() * 0.7, world.Random.NextDouble()),
        () => (cluster.FailingShare, cluster.SlowShare) = (0, 0),
        disturbs: false);

    private void Split()
    {
        if (!cluster.IsSplit)
        {
            For(2, 20, cluster.Split, cluster.Heal);
        }
    }

    private void Cut()
    {
        var worker = world.Random.Pick(cluster.Workers);
        For(0.5, 15, () => worker.IsCut = true, () => worker.IsCut = false);
    }

    private void LosePushes() => For(2, 20, () => world.PushLoss = world.Random.NextDouble(), () => world.PushLoss = 0, disturbs: false);

    private void Command() => Command(world.Random.Pick([CommandKind.ForceOpen, CommandKind.ForceClosed, CommandKind.Release, CommandKind.Reset]));

    private void Command(CommandKind kind)
    {
        var ttl = kind is CommandKind.ForceOpen or CommandKind.ForceClosed && world.Random.Chance(0.5) ? world.Random.Between(1, LongestTtl.TotalSeconds) : (TimeSpan?)null;
        var command = new OperatorCommand { Kind = kind, Reason = "drill", Actor = "ops", Ttl = ttl };
        cluster.Authority(cluster.IsSplit ? world.Random.Next(0, 2) : 0, authority => Cluster.Command(authority, command));
    }

    /// <summary>Somebody edits the file of one silo: each edit is content that never was before.</summary>
    private void ChangeSettings()
    {
        var silo = world.Random.Pick(cluster.AllSilos);
        silo.Edit(silo.Configuration with
        {
            Default = silo.Configuration.Default with
            {
                FailureThreshold = world.Random.Next(1, HighestFailureThreshold + 1),
                SuccessThreshold = world.Random.Next(1, 5),
                OpenDuration = world.Random.Between(0.5, 5),
            },
        });
    }

    private void Forge()
    {
        // What a thief says of a permit changes nothing but the totals: it is not the one that holds it.
        if (cluster.LivingAuthorities.FirstOrDefault() is { Stay: { State: BreakerState.HalfOpen } stay } && stay.Probes.Outstanding is [var (id, _), ..])
        {
            Steal(stay.Generation, id);
            return;
        }

        var generation = new Generation(world.Random.Next(1, 1000), world.Random.NextGuid());
        cluster.Forged.Add(generation);
        var offer = new BreakerSnapshot
        {
            Component = Cluster.Component,
            State = BreakerState.ForcedOpen,
            Generation = generation,
            CommandNumber = 1_000_000,
            Lineage = Lineage.Initial.With(generation),
            Seal = [.. Enumerable.Range(0, 32).Select(_ => (byte)world.Random.Next(0, 256))],
        };
        var report = new WorkerReport
        {
            Session = world.Random.NextGuid(),
            Worker = "forger",
            Claim = new BreakerClaim { Generation = generation, Offer = offer },
        };
        world.Send(() => cluster.Authority(0, authority => cluster.Watched(authority, () => cluster.Report(authority, report))));
    }

    private void Steal(Generation generation, long permit)
    {
        var result = world.Random.Pick([ProbeResult.Success, ProbeResult.Failure, ProbeResult.Ignored, ProbeResult.Unused]);
        var probe = new ProbeOutcome { PermitId = permit, Generation = generation, Result = result };
        var report = new WorkerReport
        {
            Session = world.Random.NextGuid(),
            Worker = "thief",
            Number = 1,
            Probes = [probe],
            Claim = new BreakerClaim { Generation = generation },
        };
        cluster.Thieves.Add(report.Session);
        world.Send(() => cluster.Authority(0, authority => cluster.Watched(authority, () => cluster.Report(authority, report))));
    }
}
