using System.Collections.Concurrent;

namespace TaskerCore.Orleans;

/// <summary>Keeps a policy once that thousands of breakers have: in memory, and in an answer about them all. Safe for any number of
/// threads.</summary>
internal sealed class PolicyPool
{
    /// <summary>Different policies that are kept; then the pool begins anew, for settings that are in force no longer.</summary>
    internal const int Most = 1000;

    private static readonly PolicyPool Process = new();

    private readonly ConcurrentDictionary<BreakerPolicy, BreakerPolicy> _policies = new();

    /// <summary>An equal policy: the same object for all of this process who ask.</summary>
    public static BreakerPolicy Shared(BreakerPolicy policy) => Process.Take(policy);

    /// <summary>An equal policy: the same object for all who ask this pool.</summary>
    public BreakerPolicy Take(BreakerPolicy policy)
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
