using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Simulation;

/// <summary>What became of a write.</summary>
internal enum WriteEnd
{
    Done = 0,
    Failed = 1,
    Conflict = 2,
}

/// <summary>The row of the one breaker, in a store that may be down, slow, or fail after it has in fact written.</summary>
internal sealed class SimStore(World world)
{
    private const double GiveUpSeconds = 5;

    /// <summary>When it was down: the pause before the next try. When it was slow: the slow answer before that.</summary>
    private static readonly TimeSpan RecoveryFromDown = TimeSpan.FromSeconds(5.5);
    private static readonly TimeSpan RecoveryFromSlow = TimeSpan.FromSeconds(11);
    private TimeSpan _recoveredAt;

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

    public StoredBreaker? Row { get; private set; }

    public long Version { get; private set; }

    /// <summary>When it last said that it had written.</summary>
    public TimeSpan WrittenAt { get; private set; }

    /// <summary>Whether it answers everything soon and truly, and has done so for longer than whoever found it otherwise waits.</summary>
    public bool IsWhole => !IsDown && !IsSlow && FailsAfterWriting == 0 && world.Now > _recoveredAt;

    public void Read(Action<StoredBreaker?, long> found, Action failed) => world.After(Delay(), () =>
    {
        if (IsDown)
        {
            failed();
        }
        else
        {
            found(Row, Version);
        }
    });

    public void Write(StoredBreaker row, long expected, Action<WriteEnd, long> ended) => world.After(Delay(), () =>
    {
        if (IsDown)
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
            ended(FailsAfterWriting > 0 && world.Random.Chance(FailsAfterWriting) ? WriteEnd.Failed : WriteEnd.Done, Version);
        }
    });

    private T Changed<T>(T value)
    {
        _recoveredAt = Durations.Max(_recoveredAt, world.Now + (IsSlow ? RecoveryFromSlow : RecoveryFromDown));
        return value;
    }

    private TimeSpan Delay() => IsSlow ? world.Random.Between(0.2, GiveUpSeconds) : world.Random.Between(0.0005, 0.005);
}
