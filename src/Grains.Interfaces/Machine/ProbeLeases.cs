namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>The outstanding permits of one half-open generation, and the results of the others (S5–S7).</summary>
internal sealed class ProbeLeases
{
    private readonly List<Lease> _outstanding = [];
    private long _lastId;

    /// <summary>Permits that are neither settled nor expired.</summary>
    public int Outstanding => _outstanding.Count;

    /// <summary>Probes that succeeded in this generation.</summary>
    public int Successes { get; private set; }

    /// <summary>The failed or lost probe that decides this generation, once there is one; the first is kept.</summary>
    public FailedProbe? Failed { get; private set; }

    /// <summary>When the next lease expires; null if none is outstanding.</summary>
    public TimeSpan? NextExpiry => _outstanding.Count == 0 ? null : _outstanding.Min(lease => lease.ExpiresAt);

    public long Grant(Reporter holder, TimeSpan expiresAt)
    {
        _outstanding.Add(new Lease(++_lastId, holder, expiresAt));
        return _lastId;
    }

    /// <summary>Applies a probe's outcome from the session that holds the permit. Returns false and changes nothing if the permit is not
    /// outstanding or belongs to another session.</summary>
    public bool Settle(long id, Guid session, ProbeResult result)
    {
        var at = _outstanding.FindIndex(lease => lease.Id == id && lease.Holder.Session == session);
        if (at < 0)
        {
            return false;
        }

        var lease = _outstanding[at];
        _outstanding.RemoveAt(at);
        switch (result)
        {
            case ProbeResult.Success:
                Successes++;
                break;
            case ProbeResult.Failure:
                Failed ??= new(TransitionCause.ProbeFailed, lease.Holder);
                break;
        }

        return true;
    }

    /// <summary>Expires leases: each is a failed probe (S7). The first to expire decides; among simultaneous ones, the first granted.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var lease in _outstanding.Where(lease => lease.ExpiresAt <= now).OrderBy(lease => lease.ExpiresAt))
        {
            Failed ??= new(TransitionCause.ProbeLost, lease.Holder);
        }

        _outstanding.RemoveAll(lease => lease.ExpiresAt <= now);
    }

    public void Clear()
    {
        _outstanding.Clear();
        _lastId = 0;
        Successes = 0;
        Failed = null;
    }

    public sealed record FailedProbe(TransitionCause Cause, Reporter Worker);

    private readonly record struct Lease(long Id, Reporter Holder, TimeSpan ExpiresAt);
}
