namespace TaskerCore.Orleans.Client.Polly;

/// <inheritdoc cref="ClusterCircuitBreakerStrategyOptions{TResult}"/>
public class ClusterCircuitBreakerStrategyOptions : ClusterCircuitBreakerStrategyOptions<object>;
