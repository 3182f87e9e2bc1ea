using System.Collections.Concurrent;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>What all mirrors of one run of a worker have in common. Safe for any number of threads.</summary>
/// <param name="session">This run's id: random, so that no other run's numbers are taken for its own.</param>
/// <param name="name">The worker's name.</param>
/// <param name="timings">How often it speaks.</param>
/// <param name="newIncarnation">Makes the ids of what this worker decides alone.</param>
internal sealed class WorkerRun(Guid session, string name, MirrorTimings timings, Func<Guid> newIncarnation)
{
    /// <summary>Different policies that are kept to be shared; any further is each breaker's own.</summary>
    private const int MostPolicies = 1000;

    private readonly ConcurrentDictionary<BreakerPolicy, BreakerPolicy> _policies = new();

    public Reporter Reporter { get; } = new(session, name);

    public MirrorTimings Timings => timings;

    public Guid NewIncarnation() => newIncarnation();

    /// <summary>The same policy, and the same object for all breakers that have it: thousands mostly have one.</summary>
    public BreakerPolicy Shared(BreakerPolicy policy) =>
        _policies.TryGetValue(policy, out var known) ? known
        : _policies.Count < MostPolicies ? _policies.GetOrAdd(policy, policy)
        : policy;
}
