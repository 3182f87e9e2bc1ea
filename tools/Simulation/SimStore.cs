using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Simulation;

/// <summary>What became of a write.</summary>
internal enum WriteEnd
{
    Done = 0,
    Failed = 1,
    Conflict = 2,
}

/// <summary>The store of the cluster, which may be down, slow, or fail after it has in fact written.</summary>
internal sealed class SimStore
{
    /// <summary>When it was down: the pause before the next try. When it was slow: the slow answer before that.</summary>
    private static readonly TimeSpan RecoveryFromDown = TimeSpan.FromSeconds(5.5);
    private static readonly TimeSpan RecoveryFromSlow = TimeSpan.FromSeconds(11);

    private readonly World _world;
    private TimeSpan _recoveredAt;

    public SimStore(World world) => (_world, Breaker, Directory) = (world, new(world, this), new(world, this));

    /// <summary>The row of the one breaker.</summary>
    public SimRow<StoredBreaker> Breaker { get; }

    /// <summary>The row of the directory.</summary>
    public SimRow<StoredDirectory> Directory { get; }

    public bool IsDown
    {
        get;
        set => field = Changed(value);
    }

    public bool IsSlow
    {
        get;
        set => field = Changed(value);
    }

    public double FailsAfterWriting
    {
        get;
        set => field = Changed(value);
    }

    /// <summary>Whether it answers everything soon and truly, and has done so for longer than whoever found it otherwise waits.</summary>
    public bool IsWhole => !IsDown && !IsSlow && FailsAfterWriting == 0 && _world.Now > _recoveredAt;

    private T Changed<T>(T value)
    {
        _recoveredAt = Durations.Max(_recoveredAt, _world.Now + (IsSlow ? RecoveryFromSlow : RecoveryFromDown));
        return value;
    }
}

/// <summary>One row of the store, with its version.</summary>
internal sealed class SimRow<TRow>(World world, SimStore store)
    where TRow : class
{
    private const double GiveUpSeconds = 5;

    public TRow? Row { get; private set; }

    public long Version { get; private set; }

    /// <summary>When it was last written.</summary>
    public TimeSpan WrittenAt { get; private set; }

    public void Read(Action<TRow?, long> found, Action failed) => world.After(Delay(), () =>
    {
        if (store.IsDown)
        {
            failed();
        }
        else
        {
            found(Row, Version);
        }
    });

    public void Write(TRow row, long expected, Action<WriteEnd, long> ended) => world.After(Delay(), () =>
    {
        if (store.IsDown)
        {
            ended(WriteEnd.Failed, expected);
        }
        else if (expected != Version)
        {
            ended(WriteEnd.Conflict, expected);
        }
        else
        {
            Row = row;
            Version++;
            WrittenAt = world.Now;
            ended(store.FailsAfterWriting > 0 && world.Random.Chance(store.FailsAfterWriting) ? WriteEnd.Failed : WriteEnd.Done, Version);
        }
    });

    private TimeSpan Delay() => store.IsSlow ? world.Random.Between(0.2, GiveUpSeconds) : world.Random.Between(0.0005, 0.005);
}
