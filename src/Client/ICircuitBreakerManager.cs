namespace TaskerCore.Orleans.Client;

/// <summary>This worker's breakers. Registered by <c>AddCircuitBreakers</c>; one per process.</summary>
public interface ICircuitBreakerManager
{
    /// <summary>The breaker of a component; the same one for the same name. Does no I/O: until the cluster has answered, this worker
    /// runs the rules for itself (S19, C8).</summary>
    /// <param name="component">1–128 characters of <c>a-z A-Z 0-9 . _ - : /</c>, case-sensitive.</param>
    /// <exception cref="ArgumentException">The name is not a component name.</exception>
    ICircuitBreaker Get(string component);

    /// <summary>The breakers that this worker uses, by name.</summary>
    IReadOnlyList<ICircuitBreaker> Breakers { get; }
}
