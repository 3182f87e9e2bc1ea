using Polly;
using Polly.CircuitBreaker;

namespace TaskerCore.Orleans.Client.Polly;

/// <summary>How a pipeline uses a breaker of the cluster. What trips it, and for how long, are the cluster's settings, not the
/// pipeline's.</summary>
/// <typeparam name="TResult">The type of results that <see cref="ShouldHandle"/> judges.</typeparam>
public class ClusterCircuitBreakerStrategyOptions<TResult> : ResilienceStrategyOptions
{
    /// <summary>Options with the name <c>ClusterCircuitBreaker</c>.</summary>
    public ClusterCircuitBreakerStrategyOptions() => Name = "ClusterCircuitBreaker";

    /// <summary>Whether an outcome is a failure of the component (S11). Of what it does not take, a result is a success and an exception
    /// is ignored. Null, the default: the breaker's own classifier judges; unless
    /// <see cref="CircuitBreakerClientOptions.Classifiers"/> say otherwise, every exception is a failure.</summary>
    /// <remarks>
    /// <para>It is what Polly's own breaker takes, a <see cref="PredicateBuilder{TResult}"/> too. It is not asked about a cancellation
    /// through the pipeline's token, by the caller or by a timeout or hedging outside of the breaker: that is ignored.</para>
    /// <para>It must not throw: its exception becomes the outcome, and the call is ignored.</para>
    /// </remarks>
    public Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? ShouldHandle { get; set; }
}
