namespace TaskerCore.Orleans.Client;

/// <summary>The cluster refuses to have a breaker for the component; the operation did not run (S19). The message names the fix.</summary>
public sealed class BreakerRefusedException : Exception
{
    /// <summary>Makes the exception of a refusal.</summary>
    public BreakerRefusedException(string component, BreakerRefusal refusal)
        : base(refusal?.Message)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        Component = component;
        Kind = refusal.Kind;
    }

    /// <summary>The refused component.</summary>
    public string Component { get; }

    /// <summary>Why it is refused.</summary>
    public RefusalKind Kind { get; }
}
