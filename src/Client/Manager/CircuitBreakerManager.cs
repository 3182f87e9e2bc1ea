using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Client.Metrics;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;

namespace TaskerCore.Orleans.Client;

/// <summary>Makes this worker's breakers, one mirror per component.</summary>
internal sealed class CircuitBreakerManager(
    WorkerSession session, IOptions<CircuitBreakerClientOptions> options, WorkerClock clock, WorkerMetrics metrics, ILogger<BreakerMirror> mirrorLogger)
    : ICircuitBreakerManager
{
    private readonly CircuitBreakerClientOptions _options = options.Value;
    private readonly MirrorContext _context = new(session, clock, mirrorLogger, metrics);

    public IReadOnlyList<ICircuitBreaker> Breakers =>
        [.. session.Mirrors.OrderBy(mirror => mirror.Component, StringComparer.Ordinal).Select(mirror => mirror.Handle)];

    public ICircuitBreaker Get(string component)
    {
        ComponentName.ThrowIfInvalid(component);
        return (session.Find(component) ?? session.GetOrAdd(component, Make)).Handle;
    }

    private BreakerMirror Make(string component)
    {
        var core = new MirrorCore(component, _options.LocalConfiguration.PolicyFor(component), session.Run, clock.Now);
        var classifier = _options.Classifiers.TryGetValue(component, out var own) ? own : OutcomeClassifier.Default;
        return new BreakerMirror(component, core, classifier, _context);
    }
}
