
namespace TaskerCore.Orleans.Silo.Lifecycle;

/// <summary>Whether the silo can serve, and if not, why. Safe to use from any number of threads.</summary>
internal sealed class Readiness
{
    private volatile string? _reason = "the silo is starting";
    private volatile bool _hasFailed;

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Reason
    {
        get => _reason;
        set => _reason = value;
    }

    /// <summary>Whether the silo ended by itself: the process is to say so by its exit code.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>The silo ended by itself.</summary>
    public void Fail(string reason)
    {
        _reason = reason;
        _hasFailed = true;
    }
}
