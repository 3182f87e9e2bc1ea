using System.Diagnostics;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Telemetry;

namespace TaskerCore.Orleans.Grains.Metrics;

/// <summary>What one breaker's grain tells those who watch, in its turns; <see cref="Reading"/>, <see cref="Now"/> and <see cref="Tag"/> are
/// read on any thread.</summary>
internal sealed class BreakerTelemetry(SiloMetrics silo, string component, MonotonicClock clock) : IDisposable
{
    private volatile BreakerReading? _reading;
    private DateTimeOffset? _leftClosedAt;

    /// <summary>What was published last; null: nothing was, the breaker does not exist.</summary>
    public BreakerReading? Reading => _reading;

    /// <summary>The activation's time.</summary>
    public TimeSpan Now => clock.Now.Elapsed;

    public KeyValuePair<string, object?> Tag => new(CircuitBreakerTelemetry.Breaker, component);

    public void Publish(BreakerReading? reading) => _reading = reading;

    /// <summary>A transition was made here: counted, and an activity of the trace that the running call belongs to.</summary>
    public void Transitioned(BreakerTransition transition, IReadOnlyList<BreakerTransition> history)
    {
        var ended = StaysEnded.By(transition, history, _leftClosedAt);
        _leftClosedAt = ended.LeftClosedAt;
        silo.Transitioned(this, transition, ended);
        if (CircuitBreakerTelemetry.Activities.HasListeners())
        {
            Trace(transition);
        }
    }

    /// <summary>The row could not be read, or not be written.</summary>
    public void StoreFailed() => silo.StoreFailed(this);

    public void Dispose() => silo.Forget(this);

    private void Trace(BreakerTransition transition)
    {
        using var activity = CircuitBreakerTelemetry.Activities.StartActivity("circuit_breaker.transition", ActivityKind.Internal, TraceCarrier.Received);
        activity?.SetTag(CircuitBreakerTelemetry.Breaker, component)
            .SetTag("from", SnakeCase.Of(transition.From))
            .SetTag("to", SnakeCase.Of(transition.To))
            .SetTag("cause", SnakeCase.Of(transition.Cause))
            .SetTag("generation", transition.Generation.ToString());
    }
}
