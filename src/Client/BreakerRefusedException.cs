namespace TaskerCore.Orleans.Client;

/// <summary>The exception of a call whose breaker the cluster refuses to create: the operation did not run. The message names the
/// remedy.</summary>
/// <remarks>Waiting does not help: the configuration or the name must change.</remarks>
public sealed class BreakerRefusedException : CircuitBreakerException
{
    internal BreakerRefusedException(string component, BreakerRefusal refusal)
        : base(refusal.Message)
    {
        Component = component;
        Kind = refusal.Kind;
    }

    /// <summary>Gets the refused component.</summary>
    public override string Component { get; }

    /// <summary>Gets why the cluster refuses it.</summary>
    public RefusalKind Kind { get; }
}
