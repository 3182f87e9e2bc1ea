using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.Client.Metrics;

namespace TaskerCore.Orleans.Client.Mirror;

/// <summary>What the shells of all mirrors of a worker have around them: kept once, for a worker may have thousands. Safe for any number of threads.</summary>
/// <param name="Link">The way to the authorities.</param>
/// <param name="Clock">The time.</param>
/// <param name="Logger">What to tell.</param>
/// <param name="Metrics">What to measure with; null: nothing is measured.</param>
internal sealed record MirrorContext(IBreakerLink Link, WorkerClock Clock, ILogger Logger, WorkerMetrics? Metrics)
{
    /// <summary>How many transitions are logged.</summary>
    public TransitionLogLimit TransitionLog { get; } = new();
}
