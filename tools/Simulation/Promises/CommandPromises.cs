namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S10: a command holds at once, until a later one or the end of its TTL, which comes in time wherever the breaker is by then.</summary>
internal sealed class CommandPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private readonly Dictionary<Generation, TimeSpan> _ttls = [];
    private readonly Dictionary<SimWorker, long> _seen = [];
    private long _stored;

    public override void OnCommand(SimAuthority authority, OperatorCommand command, CommandStatus status)
    {
        if (status != CommandStatus.Applied || authority.Stay is not { } stay)
        {
            return;
        }

        var expected = command.Kind switch
        {
            CommandKind.ForceOpen => BreakerState.ForcedOpen,
            CommandKind.ForceClosed => BreakerState.ForcedClosed,
            _ => BreakerState.Closed,
        };
        if (stay.State != expected || stay.Since != World.Now)
        {
            Fail("S10 a command holds at once", $"after {command.Kind} it is {stay.State} since {stay.Since.TotalSeconds:0.000} s");
        }

        if (command.Ttl is { } ttl)
        {
            _ttls[stay.Generation] = ttl;
            stay.Ttl = ttl;
        }
    }

    public override void OnStay(SimAuthority authority, Stay stay)
    {
        if (stay.State.IsForced())
        {
            stay.Ttl = _ttls.TryGetValue(stay.Generation, out var ttl) ? ttl : stay.RemainingAtFirst;
        }
    }

    public override void OnStep(SimAuthority authority)
    {
        if (authority.Stay is { Ttl: { } ttl } stay && authority.IsAwakeFor(AtOnce) && authority.Host.Now.Elapsed > stay.SinceByHost + ttl + AtOnce)
        {
            Fail("S10 the end of a TTL is a release", $"{stay.State} {stay.Generation} has been here since {stay.Since.TotalSeconds:0.000} s, with a TTL of {ttl}");
        }
    }

    public override void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        if (authority.StayLeftBy(transition) is not { } left)
        {
            return;
        }

        if (transition.Cause == TransitionCause.TtlEnded && left is { IsOwn: true, Ttl: { } ttl } && _ttls.ContainsKey(left.Generation)
            && authority.Host.Now.Elapsed < left.SinceByHost + ttl)
        {
            Fail("S10 a TTL lasts as long as was given", $"{left.Generation} ended by it after {(authority.Host.Now.Elapsed - left.SinceByHost).TotalSeconds:0.000} s of {ttl}");
        }

        if (left.State.IsForced() && transition.Cause is not (TransitionCause.ForceOpen or TransitionCause.ForceClosed or TransitionCause.Release
            or TransitionCause.TtlEnded or TransitionCause.Merged))
        {
            Fail("S10 a forced state holds", $"{left.State} was ended by {transition.Cause}");
        }
    }

    /// <summary>A command that was given before the store could be read came after all that the store has; only its own TTL may end it
    /// with that, where the wall clock has jumped past its end.</summary>
    public override void OnReadAfterCommand(BreakerState before, BreakerState after)
    {
        if (after != before && !World.Has(Fault.Split))
        {
            Fail("S10 a command is not undone by what went before it", $"what was read made {after} of {before}");
        }
    }

    public override void OnStored() => _stored = Math.Max(_stored, Cluster.Store.Breaker.Row!.Machine.CommandNumber);

    public override void OnMirror(SimWorker worker) => _seen[worker] = Math.Max(_seen.GetValueOrDefault(worker), worker.Core.Cluster.CommandNumber);

    public override void AtTheEnd(SimAuthority authority)
    {
        var number = authority.Core.Details(authority.Host.Now).CommandNumber;
        var seen = Cluster.Workers.Select(worker => _seen.GetValueOrDefault(worker)).Append(Cluster.MayBeUnread ? 0 : _stored).Max();
        if (number < seen)
        {
            Fail("S10 a command is never undone", $"command {seen} was stored or seen, the authority knows of {number}");
        }
    }
}
