using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>S25a: one worker opens the circuit alone at most once an episode; who is isolated decides by its own circuit, counts in the totals
/// only, and is isolated no longer than it fails alone and is heard.</summary>
internal sealed class IsolationPromises(World world, Cluster cluster) : Promise(world, cluster)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(15);

    private static readonly TransitionCause[] Trips =
        [TransitionCause.ConsecutiveFailures, TransitionCause.FailureRate, TransitionCause.SlowCallRate];

    private readonly Dictionary<Generation, string?> _isolated = [];
    private readonly Dictionary<Guid, Episode> _episodes = [];
    private readonly Dictionary<SimWorker, TimeSpan> _recoveredSince = [];
    private readonly Dictionary<(Guid Authority, Guid Session), long> _lastReports = [];

    public override void OnStay(SimAuthority authority, Stay stay)
    {
        Said(stay.Generation, stay.Isolated, "the authority");
        if (!stay.IsOwn)
        {
            // What another activation began: it goes on from what that one stored or said.
            _episodes.Remove(authority.Incarnation);
        }

        if (stay.State != BreakerState.Closed && stay.Isolated is not null)
        {
            Fail("S25a nobody is isolated but in closed", $"{stay.Isolated} in {stay.State} {stay.Generation}");
        }
    }

    public override void OnMirror(SimWorker worker) => Said(worker.Core.Cluster.Generation, worker.Core.Cluster.IsolatedWorker, worker.Name);

    public override void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        var left = authority.StayLeftBy(transition);
        var evidence = left?.State == BreakerState.Closed ? left.Evidence(authority.Policy.Settings, authority.Host.Now.Elapsed) : null;
        var episode = _episodes.GetValueOrDefault(authority.Incarnation);
        if (transition.Cause == TransitionCause.WorkerIsolated)
        {
            if (left is not null && (left.State != BreakerState.Closed || (evidence is not null && (evidence.Count != 1 || !evidence.Contains(transition.Worker!)))))
            {
                Fail("S25a only who fails alone is isolated", $"{transition.Worker}, and {string.Join(", ", evidence ?? [])} failed");
            }

            // It fails on by itself: the episode is as it was.
            return;
        }

        if (transition.Cause == TransitionCause.IsolationEnded && left is not null && transition.Worker == left.Isolated
            && World.Now - Heard(left) < Memory * ClockTolerance && authority.Policy is { Enabled: true, Settings.IsolateLoneWorker: true })
        {
            Fail("S25a the isolated worker does not end its isolation by failing", $"{transition.Worker} was heard {(World.Now - Heard(left)).TotalSeconds:0.000} s ago");
        }

        if (Trips.Contains(transition.Cause))
        {
            var alone = evidence is { Count: 1 } ? evidence.Single() : null;
            if (alone is not null && episode is { Closed: { } closed } && alone == episode.Suspect && authority.Policy.Settings.IsolateLoneWorker
                && authority.Host.Now.Elapsed - closed < authority.Policy.Settings.OpenDuration * ClockTolerance)
            {
                Fail("S25a one worker opens it alone at most once an episode", $"{alone} did again after {(authority.Host.Now.Elapsed - closed).TotalSeconds:0.000} s");
            }

            // Who called before this stay, or is not in it, is not known here: only what surely makes a suspect counts.
            var othersCalled = left?.Arrived.Exists(report => report.Worker != alone && report.Successes > 0 && authority.Host.Now.Elapsed - report.At < Memory) == true;
            _episodes[authority.Incarnation] = new Episode { Suspect = othersCalled ? alone : null, Tripped = left?.Generation };
        }
        else if (transition.Cause == TransitionCause.ProbesSucceeded)
        {
            if (episode is { Suspect: { } suspect } && left is not null && Cluster.Workers.Exists(worker => worker.Name == suspect))
            {
                episode.Closed = episode.OthersSucceeded ? authority.Host.Now.Elapsed : null;
            }
            else
            {
                _episodes.Remove(authority.Incarnation);
            }
        }
        else if (transition.Cause == TransitionCause.TimeoutElapsed && episode is not null)
        {
            (episode.OthersSucceeded, episode.Closed) = (false, null);
        }
        else if (transition.Cause != TransitionCause.ProbeFailed || episode?.Suspect != transition.Worker)
        {
            _episodes.Remove(authority.Incarnation);
        }
    }

    public override void OnReport(SimAuthority authority, WorkerReport report, Arrival arrival)
    {
        var stay = arrival.Stay;
        if (arrival.Verdict != OfferVerdict.Wanted && report.Number > _lastReports.GetValueOrDefault((authority.Incarnation, report.Session)))
        {
            // One that comes again, late, is no sign that the worker is still there.
            _lastReports[(authority.Incarnation, report.Session)] = report.Number;
            stay.HeardIsolatedAt = stay.Isolated == report.Worker ? World.Now : stay.HeardIsolatedAt;
        }

        if (!arrival.Counted && report.Tallies.IsEmpty && report.Probes.IsEmpty)
        {
            return;
        }

        if (_episodes.GetValueOrDefault(authority.Incarnation) is { Suspect: { } suspect } episode && report.Worker != suspect)
        {
            // Another worker failed as well: in the stay that tripped, or in a probe since.
            if (report.Tallies.Any(tally => tally.Generation == episode.Tripped && CountsAgainst(authority, tally.Tally))
                || report.Probes.Any(probe => probe.Result == ProbeResult.Failure))
            {
                _episodes.Remove(authority.Incarnation);
            }

            episode.OthersSucceeded |= stay.State == BreakerState.HalfOpen
                && report.Probes.Any(probe => probe.Generation == stay.Generation && probe.Result == ProbeResult.Success);
        }

        var isBad = report.Tallies.Any(tally => !tally.Local && tally.Generation == arrival.Found && tally.Tally.Failures > 0);
        if (stay.Isolated is { } isolated && isolated != report.Worker && isBad && arrival.Counted && authority.Core.Generation == stay.Generation)
        {
            Fail("S25a a second worker that fails ends the isolation", $"{report.Worker} failed, and {isolated} is isolated still");
        }
    }

    public override void OnStep(SimAuthority authority)
    {
        if (authority.Stay is { Isolated: { } isolated } stay && authority.IsAwakeFor(AtOnce) && authority.Core.Generation == stay.Generation)
        {
            if (World.Now - Heard(stay) > (Memory / ClockTolerance) + AtOnce)
            {
                Fail("S25a an isolation ends when its worker is not heard", $"{isolated} was not for {(World.Now - Heard(stay)).TotalSeconds:0.000} s");
            }
        }
    }

    /// <summary>Who is isolated goes on by its own circuit, whatever the cluster is.</summary>
    public override void OnDecision(SimWorker worker, MirrorView view)
    {
        var isIsolated = worker.Core.Cluster.IsolatedWorker == worker.Name && worker.Core.Refusal is null;
        if (isIsolated && view.Snapshot.Generation == worker.Core.Cluster.Generation)
        {
            Fail("S25a the own circuit decides for who is isolated", $"{worker.Name} goes by {Show(view.Snapshot)}");
        }

        if (!isIsolated && worker.Core.Mode == BreakerMode.Isolated)
        {
            Fail("S25a only who is isolated goes by its own circuit", $"{worker.Name} by {Show(view.Snapshot)}");
        }
    }

    public override void OnLook()
    {
        foreach (var worker in Cluster.Workers)
        {
            if (worker.Core.Mode == BreakerMode.Isolated && worker.Core.Snapshot(worker.Host.Now).State == BreakerState.Closed)
            {
                _recoveredSince.TryAdd(worker, World.Now);
                if (IsCalmFor(Recovery) && World.Now - _recoveredSince[worker] > Recovery)
                {
                    Fail("S25a who has recovered counts again", $"{worker.Name} is isolated, its own circuit closed since {_recoveredSince[worker].TotalSeconds:0.000} s");
                }
            }
            else
            {
                _recoveredSince.Remove(worker);
            }
        }
    }

    /// <summary>Whether outcomes are evidence against the component.</summary>
    private static bool CountsAgainst(SimAuthority authority, OutcomeTally tally) =>
        tally.Failures > 0 || (tally.Counts.Slow > 0 && authority.Policy.Settings.SlowCallRateThreshold is not null);

    private static TimeSpan Heard(Stay stay) => stay.HeardIsolatedAt > stay.Since ? stay.HeardIsolatedAt : stay.Since;

    private void Said(Generation generation, string? isolated, string by)
    {
        if (_isolated.TryAdd(generation, isolated))
        {
            return;
        }

        if (_isolated[generation] != isolated && !Cluster.Forged.Contains(generation))
        {
            Fail("S25a who is isolated is so for a whole generation", $"{by} says {isolated ?? "nobody"} of {generation}, before it was {_isolated[generation] ?? "nobody"}");
        }
    }

    /// <summary>One activation's memory of the last trip that one worker caused alone.</summary>
    private sealed class Episode
    {
        public string? Suspect { get; init; }

        /// <summary>The generation that the trip ended.</summary>
        public Generation? Tripped { get; init; }

        public bool OthersSucceeded { get; set; }

        /// <summary>When others closed it, by the host's clock.</summary>
        public TimeSpan? Closed { get; set; }
    }
}
