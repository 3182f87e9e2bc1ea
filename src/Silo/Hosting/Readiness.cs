namespace TaskerCore.Orleans.Silo.Hosting;

/// <summary>Whether the silo can serve, and if not, why.</summary>
internal sealed class Readiness
{
    private volatile string? _reason = "the silo is starting";

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason
    {
        get => _reason;
        set => _reason = value;
    }
}
