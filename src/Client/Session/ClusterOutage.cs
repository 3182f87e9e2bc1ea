using TaskerCore.Orleans.Client.Gateways;

namespace TaskerCore.Orleans.Client.Session;

/// <summary>The cluster began or ceased to be silent for too long.</summary>
/// <param name="IsOverdue">True if renewals are overdue from now on.</param>
/// <param name="IsLogged">False if the log has the reason already.</param>
internal readonly record struct OutageChange(bool IsOverdue, bool IsLogged);

/// <summary>Which part of an outage is news: that it began, that it ended, and that the cluster has no breaker grains; each once. Without I/O, clock
/// or lock.</summary>
internal sealed class ClusterOutage
{
    private bool _isOverdue;
    private bool _lacksGrains;

    /// <summary>The hub answered: it is there.</summary>
    public void Answered() => _lacksGrains = false;

    /// <summary>A call to the hub failed.</summary>
    /// <returns>True the first time that missing grains are the reason; false until the hub has answered again.</returns>
    public bool ShowsMissingGrains(Exception exception)
    {
        var isNews = !_lacksGrains && MissingGrains.Explain(exception);
        _lacksGrains |= isNews;
        return isNews;
    }

    /// <summary>Applies whether renewals are overdue.</summary>
    /// <returns>The change; null if there is none.</returns>
    public OutageChange? Apply(bool isOverdue)
    {
        if (_isOverdue == isOverdue)
        {
            return null;
        }

        _isOverdue = isOverdue;
        return new OutageChange(isOverdue, IsLogged: !isOverdue || !_lacksGrains);
    }
}
