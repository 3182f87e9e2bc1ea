using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.TestKit;

/// <summary>A manager as a user's test may write one.</summary>
internal sealed class FakeManager : ICircuitBreakerManager
{
    private readonly Dictionary<string, FakeBreaker> _breakers = new(StringComparer.Ordinal);

    public IReadOnlyList<ICircuitBreaker> Breakers => [.. _breakers.Values];

    /// <summary>The fake behind <see cref="ICircuitBreakerManager.Get"/>.</summary>
    public FakeBreaker Fake(string component) =>
        _breakers.TryGetValue(component, out var known) ? known : _breakers[component] = new FakeBreaker(component);

    public ICircuitBreaker Get(string component) => Fake(component);
}
