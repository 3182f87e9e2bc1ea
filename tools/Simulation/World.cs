using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Simulation;

/// <summary>Time, chance and the network of one run. Everything that happens is an event at a time; the queue is the only scheduler.</summary>
internal sealed class World(SimulationOptions options)
{
    /// <summary>Far more than any run takes: who gets here wakes itself again and again.</summary>
    private const long MostSteps = 5_000_000;

    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;
    private TimeSpan _quietSince;

    public SimulationOptions Options { get; } = options;

    public SimRandom Random { get; } = new(options.Seed);

    /// <summary>The time that no host knows.</summary>
    public TimeSpan Now { get; private set; }

    public long Steps { get; private set; }

    /// <summary>Whether faults may still begin.</summary>
    public bool IsHostile { get; set; } = true;

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public double SlowMessages { get; set; }

    /// <summary>How many of the hubs' pushes to workers are lost.</summary>
    public double PushLoss
    {
        get;
        set
        {
            DisturbPushes(Now);
            field = value;
        }
    }

    /// <summary>Since when, or from when on, every message arrives and every host runs.</summary>
    public TimeSpan CalmSince { get; private set; }

    /// <summary>Since when, or from when on, every message arrives, pushes too, and every host runs; an authority may have moved meanwhile.</summary>
    public TimeSpan QuietSince => PushLoss > 0 ? Now : _quietSince;

    public bool Has(Fault fault) => (Options.Faults & fault) != 0;

    /// <summary>Messages or hosts are disturbed until then.</summary>
    public void Disturb(TimeSpan until)
    {
        DisturbAuthority(until);
        DisturbPushes(until);
    }

    /// <summary>The authority is away until then.</summary>
    public void DisturbAuthority(TimeSpan until) => CalmSince = Durations.Max(until, CalmSince);

    private void DisturbPushes(TimeSpan until) => _quietSince = Durations.Max(until, _quietSince);

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, ((Now + delay).Ticks, ++_order));

    /// <summary>Runs until the time is over, calling <paramref name="afterEach"/> after each event.</summary>
    public void RunUntil(TimeSpan end, Action afterEach)
    {
        while (_events.TryPeek(out _, out var next) && next.At <= end.Ticks)
        {
            var action = _events.Dequeue();
            Now = TimeSpan.FromTicks(next.At);
            if (++Steps > MostSteps)
            {
                throw new ViolationException("A run comes to its end", $"after {Steps} steps it is still at {Now.TotalSeconds:0.000} s");
            }

            action();
            afterEach();
        }

        Now = end;
    }

    /// <summary>Sends a message: it may be lost, late, or come twice.</summary>
    public void Send(Action deliver)
    {
        if (Loss > 0 && Random.Chance(Loss))
        {
            return;
        }

        After(Latency(), deliver);
        if (Duplication > 0 && Random.Chance(Duplication))
        {
            After(Latency(), deliver);
        }
    }

    private TimeSpan Latency() => SlowMessages > 0 && Random.Chance(SlowMessages) ? Random.Between(0.1, 6) : Random.Between(0.0001, 0.004);
}

/// <summary>A machine with clocks of its own: a monotonic one that runs a little fast or slow, and a wall clock that is off and jumps.</summary>
internal sealed class Host(World world)
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly double _rate = 0.995 + (0.01 * world.Random.NextDouble());
    private TimeSpan _wallOffset = TimeSpan.FromSeconds(world.Random.Next(-5, 6));

    /// <summary>Until when it stands still; what reaches it waits.</summary>
    public TimeSpan FrozenUntil { get; set; }

    public Moment Now => new(world.Now * _rate, Epoch + world.Now + _wallOffset);

    public void JumpWallClock(TimeSpan by) => _wallOffset += by;

    /// <summary>When it is <paramref name="elapsed"/> by this host's clock: the time until then.</summary>
    public TimeSpan Until(TimeSpan elapsed)
    {
        // What is still to come is never now, however the two clocks are rounded: whoever waits for it would be woken for ever.
        var wait = (elapsed / _rate) - world.Now;
        return elapsed <= Now.Elapsed && wait <= TimeSpan.Zero ? TimeSpan.Zero : Durations.NotNegative(wait) + TimeSpan.FromTicks(1);
    }

    /// <summary>Does something on this host, when it does not stand still.</summary>
    public void Run(Action action)
    {
        if (FrozenUntil > world.Now)
        {
            world.After(FrozenUntil - world.Now, () => Run(action));
        }
        else
        {
            action();
        }
    }
}

/// <summary>One wake of a core: the newest that it asked for counts.</summary>
internal sealed class Alarm(World world, Host host, Action ring)
{
    private long _version;
    private TimeSpan? _at;

    public void Set(TimeSpan? elapsed)
    {
        if (elapsed == _at)
        {
            return;
        }

        _at = elapsed;
        var version = ++_version;
        if (elapsed is { } due)
        {
            world.After(host.Until(due), () => host.Run(() => Ring(version)));
        }
    }

    private void Ring(long version)
    {
        if (version == _version)
        {
            _at = null;
            ring();
        }
    }
}
