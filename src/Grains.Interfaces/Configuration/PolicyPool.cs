using System.Collections.Concurrent;

namespace TaskerCore.Orleans;

/// <summary>Shares one instance of equal policies, which thousands of breakers may have: in memory, and in an answer about all of them.
/// Thread-safe.</summary>
internal sealed class PolicyPool
{
    /// <summary>The number of different policies that are kept. A full pool starts again, without those no longer in force.</summary>
    internal const int Most = 1000;

    private static readonly PolicyPool Process = new();

    private readonly ConcurrentDictionary<BreakerPolicy, BreakerPolicy> _policies = new();

    /// <summary>Returns the instance of this process that equals the policy.</summary>
    public static BreakerPolicy Shared(BreakerPolicy policy) => Process.GetOrAdd(policy);

    /// <summary>Returns the instance of this pool that equals the policy.</summary>
    public BreakerPolicy GetOrAdd(BreakerPolicy policy)
    {
        if (_policies.TryGetValue(policy, out var known))
        {
            return known;
        }

        if (_policies.Count >= Most)
        {
            _policies.Clear();
        }

        return _policies.GetOrAdd(policy, policy);
    }
}
