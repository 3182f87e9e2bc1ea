using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S2, S6, S8, S9: a closed circuit opens when a trip rule holds for what arrived in this stay, at once or when the minimum interval
/// since the last automatic transition is over, and not otherwise.</summary>
internal sealed class TripPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    /// <summary>How long a worker's failures may take to be reported, decided on and pushed, the minimum interval included.</summary>
    private static readonly TimeSpan Decision = TimeSpan.FromSeconds(3);

    private static readonly TransitionCause[] Automatic =
    [
        TransitionCause.ConsecutiveFailures, TransitionCause.FailureRate, TransitionCause.SlowCallRate, TransitionCause.TimeoutElapsed,
        TransitionCause.ProbesSucceeded, TransitionCause.ProbeFailed, TransitionCause.ProbeLost,
    ];

    public override void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        if (authority.StayLeftBy(transition) is { } left)
        {
            var settings = authority.Policy.Settings;
            var reached = left.ReachedAt == World.Now ? Math.Max(left.Reached, left.GoingOn) : left.GoingOn;
            var holds = transition.Cause switch
            {
                TransitionCause.ConsecutiveFailures => reached >= settings.FailureThreshold,
                TransitionCause.FailureRate => AnyWindow(authority, left, (calls, failures, _) => failures >= settings.FailureRateThreshold * calls),
                TransitionCause.SlowCallRate => AnyWindow(authority, left, (calls, _, slow) => slow >= settings.SlowCallRateThreshold * calls),
                _ => true,
            };
            if (!holds)
            {
                Fail("S2 it opens only when a rule holds for what this stay heard", $"{transition.Cause} with a run of {reached}, {left.Arrived.Count} reports since the stay began");
            }
        }

        if (Automatic.Contains(transition.Cause))
        {
            var now = authority.Host.Now.Elapsed;
            if (authority.LastAutomatic is { } last && now - last < Cluster.Policy.MinTransitionInterval - TimeSpan.FromTicks(10))
            {
                Fail("S9 automatic transitions keep their distance", $"{transition.Cause} after {(now - last).TotalSeconds:0.000} s");
            }

            authority.LastAutomatic = now;
        }
    }

    public override void OnReport(SimAuthority authority, WorkerReport report, Arrival arrival)
    {
        MovesByItsOwnGeneration(authority, report, arrival.Found);
        var heard = report.Tallies.Where(tally => !tally.Local && tally.Generation == arrival.Found).ToList();
        if (!arrival.Counted || heard.Count == 0 || arrival.Stay.Isolated == report.Worker)
        {
            return;
        }

        // The failure of a second worker ends an isolation, and counts in the stay that begins with it (S25a).
        var stay = arrival.Stay.Isolated is not null && authority.Stay is { State: BreakerState.Closed, Isolated: null } next ? next : arrival.Stay;
        foreach (var part in heard)
        {
            stay.Feed(report.Session, report.Worker, part.Tally, World.Now, authority.Host.Now.Elapsed);
        }

        if (stay.State == BreakerState.Closed && stay.Reached >= authority.Policy.Settings.FailureThreshold && authority.Policy.Enabled)
        {
            stay.TripWaits = authority.IntervalEnd > authority.Host.Now.Elapsed;
            if (!stay.TripWaits && authority.Core.Generation == stay.Generation)
            {
                Fail("S2 it opens when a rule holds", $"a run of {stay.Reached}, and no automatic transition to keep a distance from");
            }
        }
    }

    /// <summary>A trip that waited is taken when the interval is over, if it still holds.</summary>
    public override void OnStep(SimAuthority authority)
    {
        if (authority.Stay is { TripWaits: true, State: BreakerState.Closed } stay && authority.IsAwakeFor(AtOnce)
            && authority.Host.Now.Elapsed > authority.IntervalEnd + AtOnce)
        {
            if (stay.GoingOn >= authority.Policy.Settings.FailureThreshold)
            {
                Fail("S9 what waits is taken when the interval is over", $"a run of {stay.GoingOn} in {stay.Generation}");
            }

            stay.TripWaits = false;
        }
    }

    /// <summary>A worker whose every call fails is rejected after a while, whoever else succeeds (S2 a).</summary>
    public override void OnDecision(SimWorker worker, MirrorView view)
    {
        if (view.Decision == CallDecision.Admit && view.Snapshot.State == BreakerState.Closed
            && worker.FailuresInARow >= Cluster.EnoughFailures && World.Now - worker.FailingSince > Decision && IsCalmFor(Decision))
        {
            Fail("S2 a worker whose every call fails trips", $"{worker.Name} is admitted after {worker.FailuresInARow} failures in a row");
        }
    }

    private void MovesByItsOwnGeneration(SimAuthority authority, WorkerReport report, Generation found)
    {
        var after = authority.Core.Generation;
        var isCurrent = report.Tallies.Any(tally => !tally.Local && tally.Generation == found) || report.Probes.Any(probe => probe.Generation == found)
            || report.Permits.Abandoned > 0;
        if (after != found && after.Incarnation == authority.Incarnation && !isCurrent
            && authority.Core.History[^1] is { Cause: TransitionCause.ConsecutiveFailures or TransitionCause.ProbeFailed or TransitionCause.ProbesSucceeded } moved
            && report.Claim.Offer is null)
        {
            Fail("S8 a late outcome moves nothing", $"{moved.From} -> {moved.To} by {moved.Cause}");
        }
    }

    /// <summary>Whether a rule holds over the window: what is as old as the window's last twentieth may still count, or not (S2 b, c).</summary>
    private static bool AnyWindow(SimAuthority authority, Stay stay, Func<long, long, long, bool> holds)
    {
        var settings = authority.Policy.Settings;
        var now = authority.Host.Now.Elapsed;
        var (calls, failures, slow) = (0L, 0L, 0L);
        for (var index = stay.Arrived.Count - 1; index >= 0 && now - stay.Arrived[index].At <= settings.Window; index--)
        {
            var report = stay.Arrived[index];
            calls += report.Successes + report.Failures;
            failures += report.Failures;
            slow += report.Slow;
            var oldestAfter = index == 0 ? TimeSpan.MaxValue : now - stay.Arrived[index - 1].At;
            if (oldestAfter >= settings.Window * 0.94 && calls >= settings.MinimumCalls && holds(calls, failures, slow))
            {
                return true;
            }
        }

        return false;
    }
}
