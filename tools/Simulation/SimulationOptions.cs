namespace TaskerCore.Orleans.Simulation;

/// <summary>What may go wrong.</summary>
[Flags]
internal enum Fault
{
    None = 0,

    /// <summary>Messages are lost, delayed by seconds, delivered twice, overtake each other.</summary>
    Network = 1,

    /// <summary>The store is down, slow, or fails after it has in fact written.</summary>
    Store = 2,

    /// <summary>A silo dies with all that it holds.</summary>
    SiloCrash = 4,

    /// <summary>An authority moves to another silo, gracefully.</summary>
    Move = 8,

    /// <summary>A worker dies and comes back as another session.</summary>
    WorkerCrash = 16,

    /// <summary>A worker or a silo stands still for a while, and goes on.</summary>
    Freeze = 32,

    /// <summary>The silos are split in two: two authorities at once.</summary>
    Split = 64,

    /// <summary>Wall clocks jump.</summary>
    ClockJump = 128,

    /// <summary>A worker is cut off from the silos.</summary>
    Cut = 256,

    /// <summary>Operators command.</summary>
    Commands = 512,

    /// <summary>Settings change.</summary>
    Settings = 1024,

    /// <summary>A worker offers snapshots that no authority issued.</summary>
    Forgery = 2048,

    /// <summary>What hubs push to workers is lost: renewals must make it good.</summary>
    LostPushes = 4096,

    /// <summary>Workers call seldom, so that little is said but what must be.</summary>
    SeldomCalls = 8192,

    /// <summary>At first, and now and then, there is no room for one breaker more.</summary>
    Refusals = 16384,

    /// <summary>Rates are judged too; calls fail in part, and some are slow.</summary>
    Rates = 32768,

    All = 65535,
}

/// <summary>One run, whole: the same options give the same run.</summary>
/// <param name="Seed">Decides everything that is drawn.</param>
/// <param name="Workers">Workers of the one breaker.</param>
/// <param name="Faults">What may go wrong.</param>
/// <param name="Seconds">How long faults go on, in simulated time; then everything is mended and must agree again.</param>
internal sealed record SimulationOptions(ulong Seed, int Workers, Fault Faults, int Seconds)
{
    /// <summary>The options that a seed stands for when nothing is given by hand.</summary>
    public static SimulationOptions Of(ulong seed)
    {
        var random = new SimRandom(seed ^ 0x5DEECE66D);
        var faults = Fault.None;
        for (var bit = 1; bit <= (int)Fault.All; bit <<= 1)
        {
            faults |= random.Chance(0.4) ? (Fault)bit : Fault.None;
        }

        return new SimulationOptions(seed, random.Next(1, 6), faults, random.Next(20, 120));
    }

    /// <summary>Whether nobody calls any more when all is mended: then renewals and timers alone must bring agreement.</summary>
    public bool EndsInSilence => Seed % 3 == 0;

    /// <summary>Whether calls fail only where the component or the way to it is down, mostly one worker's: it may fail alone for long (S25a).</summary>
    public bool IsSteady => Seed % 4 == 2;

    public override string ToString() => $"--seed {Seed} --workers {Workers} --faults {(int)Faults} --seconds {Seconds}";
}

/// <summary>The run's one source of chance: the same on every machine and every version of the framework.</summary>
internal sealed class SimRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        // SplitMix64.
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>From <paramref name="from"/> up to and without <paramref name="to"/>.</summary>
    public int Next(int from, int to) => from + (int)(NextDouble() * (to - from));

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(0, items.Count)];

    public TimeSpan Between(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(fromSeconds + (NextDouble() * (toSeconds - fromSeconds)));

    /// <summary>Exponentially distributed.</summary>
    public TimeSpan Around(double meanSeconds) => TimeSpan.FromSeconds(-Math.Log(1 - NextDouble()) * meanSeconds);

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, NextBits());
        BitConverter.TryWriteBytes(bytes[8..], NextBits());
        return new Guid(bytes);
    }
}
