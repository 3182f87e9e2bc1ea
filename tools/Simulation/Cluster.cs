using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Simulation.Promises;

namespace TaskerCore.Orleans.Simulation;

/// <summary>Silos, workers and the store of one breaker; who reaches whom, and which activation serves.</summary>
internal sealed class Cluster
{
    public const string Component = "pgmq";
    private const int Silos = 3;
    public static readonly SnapshotSealer Sealer = new([.. Enumerable.Range(1, 32).Select(index => (byte)index)]);

    private static readonly CircuitBreakerConfiguration Plain = new()
    {
        Default = new BreakerSettings { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(2), SuccessThreshold = 2, ProbeLease = TimeSpan.FromSeconds(4) },
        Global = new GlobalSettings { MinStateTransitionInterval = TimeSpan.FromSeconds(0.5), MetricsCollectionInterval = TimeSpan.FromSeconds(10) },
    };

    private static readonly CircuitBreakerConfiguration WithRates = Plain with
    {
        Default = Plain.Default with
        {
            FailureThreshold = 5,
            FailureRateThreshold = 0.4,
            SlowCallRateThreshold = 0.6,
            SlowCallDuration = TimeSpan.FromSeconds(0.5),
            Window = TimeSpan.FromSeconds(15),
            MinimumCalls = 6,
        },
    };

    private readonly World _world;
    private readonly SimAuthority?[] _authorities = new SimAuthority?[2];
    private readonly SimDirectory?[] _directories = new SimDirectory?[2];
    private readonly Dictionary<(string Key, int Side), SimHub> _hubs = [];
    private readonly TimeSpan[] _awayUntil = new TimeSpan[2];
    private readonly TimeSpan[] _directoryAwayUntil = new TimeSpan[2];
    private int _started;
    private TimeSpan _fullUntil = TimeSpan.MinValue;

    public Cluster(World world)
    {
        _world = world;
        Store = new SimStore(world);
        Promises = new AllPromises(world, this);
        var configuration = world.Has(Fault.Rates) ? WithRates : Plain;
        Policy = configuration.PolicyFor(Component);
        AllSilos = [.. Enumerable.Range(0, Silos).Select(_ => new SimSilo(world, this, configuration))];
        Directory(0, _ => { });
        for (var worker = 0; worker < world.Options.Workers; worker++)
        {
            StartWorker();
        }
    }

    public SimStore Store { get; }

    public AllPromises Promises { get; }

    public IReadOnlyList<SimSilo> AllSilos { get; }

    public List<SimWorker> Workers { get; } = [];

    /// <summary>The settings that the directory of the whole cluster had in force when it was last heard, having read the store.</summary>
    public BreakerPolicy Policy { get; private set; }

    public bool ComponentIsDown { get; set; }

    /// <summary>How many of the calls fail where the component is neither down nor well.</summary>
    public double FailingShare { get; set; }

    /// <summary>How many of the calls are slow.</summary>
    public double SlowShare { get; set; }

    /// <summary>Whether there is no room for one breaker more; one that exists stays.</summary>
    public bool IsFull
    {
        get;
        set
        {
            _fullUntil = value ? TimeSpan.MaxValue : _world.Now;
            field = value;
        }
    }

    /// <summary>Generations of snapshots that no authority issued.</summary>
    public HashSet<Generation> Forged { get; } = [];

    /// <summary>Sessions that settle others' permits.</summary>
    public HashSet<Guid> Thieves { get; } = [];

    /// <summary>A side of a split that hung while it ended may write when the other has looked already: that learns of it with its next write,
    /// and in silence there may be none.</summary>
    public bool MayBeUnread => _world.Options.EndsInSilence && _world.Has(Fault.Split) && _world.Has(Fault.Freeze);

    public double SecondsBetweenCalls => _world.Has(Fault.SeldomCalls) && _world.IsHostile ? 5 : 0.05;

    /// <summary>Whether workers have stopped calling.</summary>
    public bool NobodyCalls { get; set; }

    /// <summary>Whether the cluster is whole and its authority is not just moving.</summary>
    public bool IsWhole => !IsSplit && _world.Now >= _awayUntil[0];

    /// <summary>Something crashed, so that totals need not be exact.</summary>
    public bool CountsMayDiffer { get; set; }

    public bool IsSplit { get; private set; }

    public IEnumerable<SimDirectory> LivingDirectories => _directories.OfType<SimDirectory>().Where(directory => directory.IsAlive);

    public IEnumerable<SimAuthority> LivingAuthorities => _authorities.OfType<SimAuthority>().Where(authority => authority.IsAlive);

    /// <summary>Whether there was no room at some time within the last <paramref name="time"/>.</summary>
    public bool WasFullIn(TimeSpan time) => IsFull || _world.Now - time < _fullUntil;

    public void StartWorker() => Workers.Add(new SimWorker(_world, this, $"w{++_started}"));

    /// <summary>A call with an answer: either may be lost, and then it fails when its time is over.</summary>
    public void Call<T>(Host caller, Action<Action<T>> deliver, Action<T> answered, Action failed, TimeSpan limit)
    {
        var settled = false;
        _world.Send(() => deliver(answer => _world.Send(() =>
        {
            if (!settled)
            {
                settled = true;
                answered(answer);
            }
        })));
        _world.After(caller.Until(caller.Now.Elapsed + limit), () =>
        {
            if (!settled)
            {
                settled = true;
                failed();
            }
        });
    }

    public bool Reaches(int side, SimWorker worker) => worker.IsAlive && !worker.IsCut && (!IsSplit || worker.Side == side);

    /// <summary>The authority that serves a side: activated anew if none does.</summary>
    public void Authority(int side, Action<SimAuthority> then)
    {
        side = IsSplit ? side : 0;
        if (_world.Now < _awayUntil[side])
        {
            return;
        }

        if (_authorities[side] is not { IsAlive: true } authority)
        {
            authority = _authorities[side] = new SimAuthority(_world, this, AnySilo(side));
            Workers.ForEach(worker => worker.ForgetRun());
        }

        authority.Do(() =>
        {
            if (authority.KnowsRefusal)
            {
                then(authority);
            }
        });
    }

    /// <summary>The directory that serves a side: activated anew if none does.</summary>
    public void Directory(int side, Action<SimDirectory> then)
    {
        side = IsSplit ? side : 0;
        if (_world.Now >= _directoryAwayUntil[side])
        {
            var directory = _directories[side] is { IsAlive: true } serving ? serving : _directories[side] = new SimDirectory(_world, this, AnySilo(side));
            directory.Do(() => then(directory));
        }
    }

    /// <summary>The directory of a side, if it can answer at once; where there is none, one begins.</summary>
    public SimDirectory? AnsweringDirectory(int side)
    {
        Directory(side, _ => { });
        return _directories[IsSplit ? side : 0] is { IsAnswering: true } directory ? directory : null;
    }

    /// <summary>Notes what a directory has in force.</summary>
    public void NoteSettings(SimDirectory directory)
    {
        if (directory.ReadAt is not null && directory.IsAlive && !IsSplit && directory.Core.Version != Policy.Version)
        {
            Policy = directory.Core.Configuration.PolicyFor(Component, directory.Core.Version);
        }
    }

    /// <summary>The hub that serves a worker; null when none does now.</summary>
    public SimHub? HubOf(SimWorker worker) => _hubs.GetValueOrDefault((worker.HubKey, IsSplit ? worker.Side : 0)) is { IsAlive: true } hub ? hub : null;

    /// <summary>The hub of a side: activated anew if there is none.</summary>
    public void Hub(string key, int side, Action<SimHub> then)
    {
        side = IsSplit ? side : 0;
        if (!_hubs.TryGetValue((key, side), out var hub) || !hub.IsAlive)
        {
            _hubs[(key, side)] = hub = new SimHub(_world, this, AnySilo(side), key);
        }

        hub.Do(() => then(hub));
    }

    /// <summary>Failures one after the other that are enough for a trip, whatever the settings.</summary>
    public int EnoughFailures => _world.Has(Fault.Settings) ? Faults.HighestFailureThreshold : Policy.Settings.FailureThreshold;

    /// <summary>Watches what an input does to an authority.</summary>
    public T Watched<T>(SimAuthority authority, Func<T> input)
    {
        var answer = input();
        Promises.OnAuthority(authority);
        return answer;
    }

    public ReportAnswer Report(SimAuthority authority, WorkerReport report)
    {
        if (authority.Refusal() is { } refusal)
        {
            return new ReportAnswer { Number = report.Number, Refusal = refusal };
        }

        authority.Core.Advance(authority.Host.Now);
        if (report.Claim.Offer is not null)
        {
            // What it offers is heard first, as if it had been sent by itself: then it is known what its outcomes meet.
            authority.Core.Report(report with { Number = 0, Tallies = [], Probes = [], Permits = default }, authority.Host.Now);
        }

        Promises.OnAuthority(authority);
        var (found, before) = (authority.Stay!, authority.Totals);
        var answer = authority.Core.Report(report, authority.Host.Now);
        if (answer.Verdict != OfferVerdict.Wanted)
        {
            Promises.OnReturned(authority, report.Session, report.Permits, report.Probes);
        }

        Promises.OnAuthority(authority);
        Promises.OnReport(authority, report, new Arrival(found.Generation, found, authority.Totals != before, answer.Verdict));
        return answer;
    }

    public HubAttachAnswer Attach(SimAuthority authority, HubAttachment attachment)
    {
        if (authority.Refusal() is { } refusal)
        {
            return new HubAttachAnswer { Refusal = refusal };
        }

        authority.Core.Advance(authority.Host.Now);
        var before = authority.Workers;
        var answer = authority.Core.Attach(attachment, authority.Host.Now);
        if (answer.Verdict != OfferVerdict.Wanted)
        {
            Promises.OnAttached(authority, attachment, before, authority.Workers);
        }

        return answer;
    }

    /// <summary>Commands the breaker, if there is one or may be.</summary>
    public static void Command(SimAuthority authority, OperatorCommand command)
    {
        if (authority.Refusal() is null)
        {
            authority.Command(command);
        }
    }

    public PermitAnswer RequestPermit(SimAuthority authority, PermitRequest request)
    {
        if (authority.Refusal() is { } refusal)
        {
            return new PermitAnswer { Number = request.Number, Refusal = refusal };
        }

        authority.Core.Advance(authority.Host.Now);
        Promises.OnAuthority(authority);
        var answer = authority.Core.RequestPermit(request, authority.Host.Now);

        // What the request offered may have been adopted first: the permit is of the stay after that.
        Promises.OnAuthority(authority);
        if (answer.Verdict != OfferVerdict.Wanted)
        {
            Promises.OnReturned(authority, request.Session, request.Permits, []);
        }

        if (answer.Permit is { } permit)
        {
            Promises.OnGranted(authority, request, permit);
        }

        return answer;
    }

    /// <summary>A silo dies with all that it holds; what it held is away until that is noticed.</summary>
    public void Crash(SimSilo silo)
    {
        CountsMayDiffer = true;
        foreach (var hub in _hubs.Values.Where(hub => hub.Silo == silo))
        {
            hub.Die();
        }

        foreach (var directory in LivingDirectories.Where(directory => directory.Silo == silo).ToList())
        {
            directory.Die();
            _directoryAwayUntil[silo.Side] = _world.Now + _world.Random.Between(0.1, 4);
            _world.Disturb(_directoryAwayUntil[silo.Side]);
        }

        foreach (var authority in LivingAuthorities.Where(authority => authority.Silo == silo).ToList())
        {
            authority.Die();
            _awayUntil[silo.Side] = _world.Now + _world.Random.Between(0.1, 4);
            _world.Disturb(_awayUntil[silo.Side]);
        }

        _world.Disturb(_world.Now);

        silo.Restart();
        TellSilosChanged();
    }

    /// <summary>The authority moves: the next one is activated when this one has ended.</summary>
    public void Move()
    {
        if (_authorities[0] is { IsAlive: true } authority)
        {
            _awayUntil[0] = TimeSpan.MaxValue;
            authority.EndGracefully(() =>
            {
                _awayUntil[0] = _world.Now;
                _world.DisturbAuthority(_world.Now);
            });
        }
    }

    public void Split()
    {
        Workers.ForEach(worker => worker.ForgetRun());
        IsSplit = true;
        CountsMayDiffer = true;
        var hosts = AllSilos.OrderBy(_ => _world.Random.NextDouble()).ToList();
        for (var index = 0; index < hosts.Count; index++)
        {
            hosts[index].Side = index == 0 ? 1 : 0;
        }

        foreach (var worker in Workers)
        {
            worker.Side = _world.Random.Next(0, 2);
        }

        foreach (var ((key, side), hub) in _hubs.ToList())
        {
            if (hub.Silo.Side != side && _hubs.Remove((key, side)))
            {
                _hubs[(key, hub.Silo.Side)] = hub;
            }
        }

        if (_directories[0] is { Silo.Side: 1 } directory)
        {
            (_directories[1], _directories[0]) = (directory, null);
            (_directoryAwayUntil[1], _directoryAwayUntil[0]) = (_directoryAwayUntil[0], TimeSpan.Zero);
        }

        if (_authorities[0] is { IsAlive: true } authority && authority.Silo.Side == 1)
        {
            _authorities[1] = authority;
            _authorities[0] = null;
            (_awayUntil[1], _awayUntil[0]) = (_awayUntil[0], TimeSpan.Zero);
        }
    }

    /// <summary>The silos see each other again: of two activations of one grain one goes.</summary>
    public void Heal()
    {
        Workers.ForEach(worker => worker.ForgetRun());
        IsSplit = false;
        foreach (var silo in AllSilos)
        {
            silo.Side = 0;
        }

        foreach (var worker in Workers)
        {
            worker.Side = 0;
        }

        foreach (var ((key, _), hub) in _hubs.Where(entry => entry.Key.Side == 1).ToList())
        {
            _hubs.Remove((key, 1));
            if (!_hubs.TryGetValue((key, 0), out var other) || !other.IsAlive)
            {
                _hubs[(key, 0)] = hub;
            }
            else
            {
                hub.Die();
            }
        }

        if (_authorities[1] is { IsAlive: true } second)
        {
            if (_authorities[0] is not { IsAlive: true } first)
            {
                _authorities[0] = second;
            }
            else
            {
                var loser = _world.Random.Chance(0.5) ? first : second;
                _authorities[0] = loser == first ? second : first;
                if (_world.Random.Chance(0.5))
                {
                    loser.Die();
                }
                else
                {
                    loser.EndGracefully(() => { });
                }
            }
        }

        HealDirectory();
        TellSilosChanged();
        _authorities[1] = null;
        _awayUntil[1] = TimeSpan.Zero;
        _awayUntil[0] = _awayUntil[0] == TimeSpan.MaxValue ? _world.Now : _awayUntil[0];
    }

    private void HealDirectory()
    {
        if (_directories[1] is { IsAlive: true } second)
        {
            if (_directories[0] is { IsAlive: true } first)
            {
                var loser = _world.Random.Chance(0.5) ? first : second;
                loser.Die();
                _directories[0] = loser == first ? second : first;
            }
            else
            {
                _directories[0] = second;
            }
        }

        _directories[1] = null;
        _directoryAwayUntil[1] = TimeSpan.Zero;
        if (_directories[0] is { } survivor)
        {
            NoteSettings(survivor);
        }
    }

    /// <summary>Hubs, authorities and directories hear after a while that silos came or went.</summary>
    private void TellSilosChanged()
    {
        foreach (var hub in _hubs.Values.OrderBy(hub => hub.Key, StringComparer.Ordinal).ToList())
        {
            _world.After(_world.Random.Between(0.01, 4), hub.SilosChanged);
        }

        foreach (var authority in LivingAuthorities)
        {
            _world.After(_world.Random.Between(0.01, 4), authority.SilosChanged);
        }

        foreach (var directory in LivingDirectories)
        {
            _world.After(_world.Random.Between(0.01, 4), directory.SilosChanged);
        }
    }

    private SimSilo AnySilo(int side) => _world.Random.Pick(AllSilos.Where(silo => silo.Side == side).ToList());
}
