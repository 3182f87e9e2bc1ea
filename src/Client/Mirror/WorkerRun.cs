using TaskerCore.Orleans.Grains.Interfaces.Machine;


namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>What all mirrors of one run of a worker have in common. Safe for any number of threads.</summary>
/// <param name="session">This run's id: random, so that no other run's numbers are taken for its own.</param>
/// <param name="name">The worker's name.</param>
/// <param name="timings">How often it speaks.</param>
/// <param name="newIncarnation">Makes the ids of what this worker decides alone.</param>
internal sealed class WorkerRun(Guid session, string name, MirrorTimings timings, Func<Guid> newIncarnation)
{
    public Reporter Reporter { get; } = new(session, name);

    /// <summary>The key by which an authority names this run when it isolates it (S25a).</summary>
    public long Key { get; } = new Reporter(session, name).Key;

    public MirrorTimings Timings => timings;

    public Guid NewIncarnation() => newIncarnation();
}
