using TaskerCore.Orleans.Grains.Interfaces.Time;


namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S3, S4, S18, C10: an open circuit lasts its timeout, measured from the entry into the state, and no longer.</summary>
internal sealed class OpenPromises(World world, Cluster cluster, GenerationPromises said) : Promise(world, cluster)
{
    /// <summary>The timeout of each authority after its last input: what ends with the next may end before that brings new settings.</summary>
    private readonly Dictionary<SimAuthority, TimeSpan> _timeoutBefore = [];

    public override void OnStay(SimAuthority authority, Stay stay)
    {
        var longest = stay.State.IsForced() ? Faults.LongestTtl : authority.Policy.Settings.OpenDuration;
        if (stay.RemainingAtFirst > longest)
        {
            Fail("C10 what remains is never more than what was given", $"{stay.State} for {stay.RemainingAtFirst}, of {longest}");
        }
    }

    public override void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        if (transition.Cause != TransitionCause.TimeoutElapsed)
        {
            return;
        }

        if (authority.StayLeftBy(transition) is { IsOwn: true } own)
        {
            var lasted = authority.Host.Now.Elapsed - own.SinceByHost;
            var timeout = authority.Policy.Settings.OpenDuration;
            if (lasted < Durations.Min(timeout, _timeoutBefore.GetValueOrDefault(authority, timeout)))
            {
                Fail("S3 open lasts its timeout", $"it ended after {lasted.TotalSeconds:0.000} s by its own clock");
            }
        }

        // A worker may have less left of it by settings that were newer or older than the authority's (C10, S18).
        var left = authority.Core.History.LastOrDefault(earlier => earlier.Generation.Number < transition.Generation.Number);
        if (!World.Has(Fault.Settings) && left is not null && said.OpenSince(left.Generation) is { } opened
            && World.Now - opened < Cluster.Policy.Settings.OpenDuration * ClockTolerance)
        {
            Fail("S3 open lasts its timeout", $"it ended after {(World.Now - opened).TotalSeconds:0.000} s");
        }
    }

    public override void OnStep(SimAuthority authority)
    {
        if (authority.Core.IsCreated)
        {
            _timeoutBefore[authority] = authority.Policy.Settings.OpenDuration;
        }

        if (authority.Stay is not { State: BreakerState.Open } stay || !authority.IsAwakeFor(AtOnce)
            || authority.Host.Now.Elapsed <= Durations.Max(stay.SinceByHost + authority.Policy.Settings.OpenDuration, authority.IntervalEnd ?? TimeSpan.Zero) + AtOnce)
        {
            return;
        }

        Fail("S4 open ends when its timeout has passed since the entry", $"{stay.Generation} is open since {stay.Since.TotalSeconds:0.000} s, for {authority.Policy.Settings.OpenDuration}");
    }
}
