using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Client;

/// <summary>Makes this worker's breakers, one mirror per component.</summary>
internal sealed class CircuitBreakerManager(
    WorkerSession session, CircuitBreakerClientOptions options, WorkerClock clock, ILogger<BreakerMirror> mirrorLogger) : ICircuitBreakerManager
{
    private readonly ConcurrentDictionary<string, Lazy<ICircuitBreaker>> _breakers = new(StringComparer.Ordinal);

    public IReadOnlyList<ICircuitBreaker> Breakers =>
        [.. _breakers.OrderBy(breaker => breaker.Key, StringComparer.Ordinal).Select(breaker => breaker.Value.Value)];

    public ICircuitBreaker Get(string component)
    {
        ComponentName.ThrowIfInvalid(component);
        return _breakers.GetOrAdd(component, name => new Lazy<ICircuitBreaker>(() => Make(name))).Value;
    }

    private CircuitBreaker Make(string component)
    {
        var core = new MirrorCore(
            component, options.LocalConfiguration.PolicyFor(component), session.Id, options.WorkerName, Guid.NewGuid, session.Timings, clock.Now);
        var mirror = new BreakerMirror(component, core, session, clock, mirrorLogger);
        session.Add(mirror);
        return new CircuitBreaker(mirror, options.Classifiers.TryGetValue(component, out var classifier) ? classifier : OutcomeClassifier.Default);
    }
}
