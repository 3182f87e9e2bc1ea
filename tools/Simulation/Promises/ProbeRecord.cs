namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>The permits of one half-open stay: to whom they were given, and what their holders said of them in time.</summary>
internal sealed class ProbeRecord
{
    private readonly Dictionary<long, (Guid Holder, TimeSpan EndsAt)> _out = [];
    private bool _wereEnough;

    public int Successes { get; private set; }

    public int Failures { get; private set; }

    /// <summary>Whether these settings end the stay. They were enough when a holder last spoke: a change of the limit alone ends none (S18).</summary>
    public bool AreDecisiveBy(BreakerSettings settings) => Failures > 0 || (_wereEnough && Successes >= settings.SuccessThreshold);

    /// <summary>When a lease ended without a word of its holder; null while none has.</summary>
    public TimeSpan? LostAt(TimeSpan now) => _out.Values.Select(permit => (TimeSpan?)permit.EndsAt).Min() is { } first && first <= now ? first : null;

    /// <summary>Permits that are out, and with whom.</summary>
    public IReadOnlyList<(long Id, Guid Holder)> Outstanding => [.. _out.Select(permit => (permit.Key, permit.Value.Holder))];

    public void Granted(long id, Guid holder, TimeSpan endsAt) => _out.TryAdd(id, (holder, endsAt));

    /// <summary>A session speaks of a permit: only its holder's word counts, once, and while the lease lasts.</summary>
    public void Told(long id, Guid session, ProbeResult result, BreakerSettings settings, TimeSpan now)
    {
        if (!_out.TryGetValue(id, out var permit) || permit.Holder != session || permit.EndsAt <= now)
        {
            return;
        }

        _out.Remove(id);
        Successes += result == ProbeResult.Success ? 1 : 0;
        Failures += result == ProbeResult.Failure ? 1 : 0;
        _wereEnough = Successes >= settings.SuccessThreshold;
    }
}
