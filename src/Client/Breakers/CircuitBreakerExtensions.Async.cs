namespace TaskerCore.Orleans.Client;

/// <summary>The convenient forms of <see cref="ICircuitBreaker"/>'s two methods.</summary>
/// <remarks>Every form passes the operation's own exception through unchanged, and throws <see cref="BreakerRefusedException"/>
/// when the cluster refuses to have the breaker. Forms without a fallback throw <see cref="CircuitOpenException"/> when the breaker
/// rejects; forms named Try return the rejection instead. Operations that return a <see cref="Task"/> are taken too, at the
/// cost of the task that they made.</remarks>
public static partial class CircuitBreakerExtensions
{
}
