using System.Collections.Concurrent;

namespace TaskerCore.Orleans.Grains.Interfaces;

/// <summary>Keeps a policy once that thousands of breakers have: in memory, and in an answer about them all. Safe for any number of
/// threads.</summary>
internal static class PolicyPool
{
    /// <summary>Different policies that are kept; then the pool begins anew, for settings that are in force no longer.</summary>
    private const int Most = 1000;

    private static readonly ConcurrentDictionary<BreakerPolicy, BreakerPolicy> Policies = new();

    /// <summary>An equal policy: the same object for all who ask.</summary>
    public static BreakerPolicy Shared(BreakerPolicy policy)
    {
        if (Policies.TryGetValue(policy, out var known))
        {
            return known;
        }

        if (Policies.Count >= Most)
        {
            Policies.Clear();
        }

        return Policies.GetOrAdd(policy, policy);
    }
}
