using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TaskerCore.Orleans.Client;

/// <summary>What a worker's breakers mean for its health.</summary>
/// <remarks>
/// <para>Named options under the check's name, read at each check.</para>
/// <para>ASP.NET Core answers 200 for <see cref="HealthStatus.Degraded"/> and 503 for <see cref="HealthStatus.Unhealthy"/>.</para>
/// <para>Think before a <em>readiness</em> probe fails on an open circuit. The circuit is open on every worker at once: all of them leave
/// the balancer together, also for the requests that do not need the component, and those that need it get no fallback. Nor does a
/// <em>liveness</em> probe that fails mend anything: it restarts workers that are well while something else is down. Use the check for people and
/// dashboards, give probes only checks with another tag, or set <see cref="Open"/> to <see cref="HealthStatus.Degraded"/>. A worker that does
/// nothing but consume one queue may well be taken out while that queue's circuit is open.</para>
/// </remarks>
public sealed class CircuitBreakerHealthOptions
{
    /// <summary>What an open circuit means. Default <see cref="HealthStatus.Unhealthy"/>.</summary>
    public HealthStatus Open { get; set; } = HealthStatus.Unhealthy;

    /// <summary>What a circuit means that an operator forced open. Default <see cref="HealthStatus.Unhealthy"/>.</summary>
    public HealthStatus ForcedOpen { get; set; } = HealthStatus.Unhealthy;

    /// <summary>What a circuit that probes means. Default <see cref="HealthStatus.Degraded"/>.</summary>
    public HealthStatus HalfOpen { get; set; } = HealthStatus.Degraded;

    /// <summary>What a circuit means that an operator forced closed: it protects nothing. Default <see cref="HealthStatus.Healthy"/>.</summary>
    public HealthStatus ForcedClosed { get; set; } = HealthStatus.Healthy;

    /// <summary>What it means that the cluster does not answer for a breaker and this worker decides alone (<see cref="BreakerMode.Local"/>).
    /// Default <see cref="HealthStatus.Degraded"/>.</summary>
    public HealthStatus Local { get; set; } = HealthStatus.Degraded;

    /// <summary>What it means that the cluster has not answered for a breaker since this worker started (<see cref="BreakerMode.Starting"/>):
    /// for a moment, or for as long as no silo is reached. Default <see cref="HealthStatus.Degraded"/>.</summary>
    public HealthStatus Starting { get; set; } = HealthStatus.Degraded;

    /// <summary>What it means that the cluster refuses to have a breaker: its calls throw (S19). Default <see cref="HealthStatus.Unhealthy"/>.</summary>
    public HealthStatus Refused { get; set; } = HealthStatus.Unhealthy;

    /// <summary>What it means that the cluster has isolated this worker (<see cref="BreakerMode.Isolated"/>). What its own circuit means is
    /// added as for any circuit. Default <see cref="HealthStatus.Degraded"/>.</summary>
    public HealthStatus Isolated { get; set; } = HealthStatus.Degraded;

    /// <summary>The components that count; of those only the ones that this worker uses. Default: all. Called for each breaker at each check, by
    /// any thread. It is set in code, not bound.</summary>
    public Func<string, bool> Components { get; set; } = static _ => true;
}
