using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <content>A worker that fails alone (S25a): fed, isolated, and heard again.</content>
internal sealed partial class BreakerMachine
{
    /// <summary>Opens the circuit of a machine that runs for one isolated worker: its authority has isolated it.</summary>
    public void OpenIsolated(string worker, Moment now) => EnterAutomatically(BreakerState.Open, TransitionCause.WorkerIsolated, now, worker);

    private static bool IsOf(GenerationTally tally, Generation generation) => !tally.Local && tally.Generation == generation;

    /// <summary>Whether outcomes are evidence against the component: failures, and slow calls if these can trip.</summary>
    private bool CountsAgainst(OutcomeTally tally) =>
        tally.Failures > 0 || (tally.Counts.Slow > 0 && Policy.Settings.SlowCallRateThreshold is not null);

    /// <summary>Applies a worker's outcomes to the rules; returns the longest run that any of them was part of.</summary>
    private long Feed(Reporter reporter, OutcomeTally tally, Moment now)
    {
        var longestRun = _runs.Feed(reporter.Session, tally);
        _window.Add(tally, now.Elapsed, Policy.Settings.Window);
        if (tally.Successes + tally.Failures > 0)
        {
            _lone.Evaluated(reporter, CountsAgainst(tally), startedRun: tally.Successes > 0, _runs.Current, now.Elapsed);
        }

        return longestRun;
    }

    private void Isolate(KnownWorker worker, Moment now)
    {
        Enter(BreakerState.Closed, TransitionCause.WorkerIsolated, now, worker.Name);
        _lone.Isolate(worker, now.Elapsed);
    }

    /// <summary>Applies a report of the isolated worker: it is still connected, and it counts again once its own circuit has closed.</summary>
    private void ApplyOwnCircuit(Reporter reporter, BreakerState? ownCircuit, Moment now)
    {
        if (!_lone.IsIsolated(reporter))
        {
            return;
        }

        _lone.Reported(now.Elapsed);
        if (ownCircuit == BreakerState.Closed)
        {
            Enter(BreakerState.Closed, TransitionCause.WorkerRecovered, now, reporter.Name);
        }
    }

    private bool MayStayIsolated(Moment now) => now.Elapsed < _lone.LapsesAt && Policy.Enabled && Policy.Settings.IsolateLoneWorker;
}
