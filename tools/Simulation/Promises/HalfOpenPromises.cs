using TaskerCore.Orleans.Grains.Interfaces.Wire;


namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S5, S6, S7, S9: permits are within the budget, only their holder's word settles them, and a half-open stay ends as that says.</summary>
internal sealed class HalfOpenPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private readonly Dictionary<(Generation Generation, long Id, Guid Authority), TimeSpan> _inUse = [];
    private readonly Dictionary<(Generation Generation, long Id, Guid Authority), (Guid Holder, TimeSpan EndsAt)> _notReturned = [];
    private readonly HashSet<(Generation Generation, long Id, Guid Authority)> _granted = [];
    private readonly Dictionary<Guid, (long Request, ProbePermit Permit)> _lastGranted = [];

    /// <summary>Limits that change are compared at the next input: what was given before stands (S18).</summary>
    private int Budget => Cluster.Policy.Settings.EffectiveMaxProbes + (World.Has(Fault.Settings) ? 8 : 0);

    public override void OnGranted(SimAuthority authority, PermitRequest request, ProbePermit permit)
    {
        _lastGranted[request.Session] = (request.Number, permit);
        var outstanding = authority.Core.Details(authority.Host.Now).ProbesOutstanding;
        if (outstanding > Budget)
        {
            Fail("S5 never more permits than the budget", $"{outstanding} are outstanding");
        }

        var key = (permit.Generation, permit.Id, authority.Incarnation);
        if (!_granted.Add(key))
        {
            // The answer to a request that came twice.
            return;
        }

        if (authority.Stay is { } stay && stay.Probes.AreDecisiveBy(authority.Policy.Settings))
        {
            Fail("S9 while a decision waits no probe is admitted", $"{permit.Id} of {permit.Generation}");
        }

        var endsAt = authority.Host.Now.Elapsed + permit.Lease;
        authority.Stay!.Probes.Granted(permit.Id, request.Session, endsAt);
        _inUse.Add(key, World.Now + (permit.Lease * 0.99));
        _notReturned.Add(key, (request.Session, endsAt));
    }

    public override void OnPermit(SimWorker worker, ProbePermit permit)
    {
        var inUse = _inUse.Count(known => known.Key.Generation == permit.Generation && known.Value > World.Now);
        if (inUse > Budget)
        {
            Fail("S5 never more probes in use than the budget", $"{inUse} of {permit.Generation}");
        }
    }

    public override void OnSettled(SimWorker worker, ProbePermit permit) => EndUse(permit.Generation, permit.Id);

    public override void OnReturned(SimAuthority authority, Guid session, PermitProgress progress, IReadOnlyList<ProbeOutcome> probes)
    {
        foreach (var probe in probes)
        {
            Hear(authority, session, probe.Generation, probe.PermitId, probe.Result);
        }

        if (_lastGranted.TryGetValue(session, out var last) && progress.IsGivenUp(last.Request))
        {
            Hear(authority, session, last.Permit.Generation, last.Permit.Id, ProbeResult.Unused);
        }
    }

    public override void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        var left = new Generation(transition.Generation.Number - 1, authority.Incarnation);
        if (transition.Cause == TransitionCause.ProbeLost
            && !_notReturned.Keys.Any(permit => permit.Generation == left && permit.Authority == authority.Incarnation))
        {
            Fail("S7 a permit that was given back is not lost", $"{left} ended by {transition.Cause}");
        }

        if (authority.StayLeftBy(transition) is not { State: BreakerState.HalfOpen, Probes: var probes })
        {
            return;
        }

        var holds = transition.Cause switch
        {
            TransitionCause.ProbesSucceeded => probes.Failures == 0 && probes.Successes >= authority.Policy.Settings.SuccessThreshold,
            TransitionCause.ProbeFailed => probes.Failures > 0,
            TransitionCause.ProbeLost => probes.LostAt(authority.Host.Now.Elapsed) is not null,
            _ => true,
        };
        if (!holds)
        {
            Fail("S6 half-open ends as the holders of its permits say", $"{transition.Cause} with {probes.Successes} successes and {probes.Failures} failures");
        }
    }

    public override void OnStep(SimAuthority authority)
    {
        if (authority.Stay is { State: BreakerState.HalfOpen } stay && authority.IsAwakeFor(AtOnce)
            && authority.Host.Now.Elapsed > (authority.IntervalEnd ?? TimeSpan.Zero) + AtOnce
            && (stay.Probes.LostAt(authority.Host.Now.Elapsed - AtOnce) is not null || stay.Probes.AreDecisiveBy(authority.Policy.Settings)))
        {
            Fail("S7 half-open ends when it is decided or a lease ends", $"{stay.Generation} with {stay.Probes.Successes} successes and {stay.Probes.Failures} failures");
        }
    }

    /// <summary>What comes back after its lease is lost all the same, and what another session says of it is nothing.</summary>
    private void Hear(SimAuthority authority, Guid session, Generation generation, long id, ProbeResult result)
    {
        var now = authority.Host.Now.Elapsed;
        var key = (generation, id, authority.Incarnation);
        if (_notReturned.TryGetValue(key, out var permit) && permit.Holder == session)
        {
            EndUse(generation, id);
            if (now < permit.EndsAt)
            {
                _notReturned.Remove(key);
            }
        }

        // Of several probes of one report the one that decides ends the stay; those after it are heard of in the next (S6).
        var settings = authority.Policy.Settings;
        if (authority.StayIn(generation) is { } stay && (authority.IntervalEnd > now || !stay.Probes.AreDecisiveBy(settings)))
        {
            stay.Probes.Told(id, session, result, settings, now);
        }
    }

    private void EndUse(Generation generation, long id)
    {
        foreach (var key in _inUse.Keys.Where(key => key.Generation == generation && key.Id == id).ToList())
        {
            _inUse.Remove(key);
        }
    }
}
