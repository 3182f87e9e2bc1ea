using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>Detects a worker that alone opens the circuit again and again: its own path is broken, not the component (S25a).</summary>
/// <remarks>
/// <para>The first trip opens the circuit for all. If a single session brought all its evidence, that session is the <b>suspect</b>. Probes of
/// other workers that close the circuit confirm the suspicion until the episode ends, so it takes two workers with calls. Another trip on the
/// suspect's evidence alone then isolates it instead.</para>
/// <para>A failure of any other session ends the suspicion and the isolation: the cause is the component.</para>
/// </remarks>
internal sealed class LoneWorker
{
    /// <summary>How long an isolation lasts after the last report of the isolated worker.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(15);

    /// <summary>The longest time that a free probe is reserved for other workers: the suspect's probe would open the circuit for all again.</summary>
    private static readonly TimeSpan LongestProbeWait = TimeSpan.FromSeconds(1);

    private readonly LatestWorkers _calling = new();
    private readonly LatestWorkers _failing = new();
    private TimeSpan? _runSince;
    private Generation? _trippedIn;
    private bool _othersSucceeded;
    private TimeSpan? _closedByOthersAt;
    private TimeSpan _reportedAt;

    /// <summary>The worker that tripped the breaker alone; null if there is none.</summary>
    public KnownWorker? Suspect { get; private set; }

    /// <summary>Whether probes of other workers have closed the breaker since.</summary>
    public bool ClosedByOthers => _closedByOthersAt is not null;

    /// <summary>The worker that is isolated now; null if none is.</summary>
    public KnownWorker? Isolated { get; private set; }

    /// <summary>When the isolation ends unless the worker reports before; null if none is isolated.</summary>
    public TimeSpan? LapsesAt => Isolated is null ? null : _reportedAt + Memory;

    public bool IsIsolated(Reporter worker) => Isolated?.Is(worker) == true;

    /// <summary>Records a report of the isolated worker, whatever its content.</summary>
    public void Reported(TimeSpan now) => _reportedAt = now;

    /// <summary>Records calls of a worker, whatever generation admitted them.</summary>
    public void Called(Reporter worker, TimeSpan now) => _calling.Note(worker, now);

    /// <summary>Records a worker's calls in the closed generation.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="failed">Whether some of them count against the component.</param>
    /// <param name="startedRun">Whether the run of failures in the order of arrival began with them.</param>
    /// <param name="run">That run after them.</param>
    /// <param name="now">The time.</param>
    public void Evaluated(Reporter worker, bool failed, bool startedRun, long run, TimeSpan now)
    {
        _runSince = run == 0 ? null : startedRun ? now : _runSince ?? now;
        if (failed)
        {
            _failing.Note(worker, now);
        }
    }

    /// <summary>Records a failure of an earlier generation: one of another worker shows that the suspect is not alone.</summary>
    public void FailedBefore(Reporter worker, Generation admittedBy)
    {
        if (Isolated is null && admittedBy == _trippedIn && Suspect?.Is(worker) == false)
        {
            Suspect = null;
        }
    }

    /// <summary>A probe of the current generation succeeded.</summary>
    public void ProbeSucceeded(Reporter worker) => _othersSucceeded |= Suspect?.Is(worker) == false;

    /// <summary>Whether the current trip rests on the suspect alone, within the episode in which others closed the breaker.</summary>
    public bool Explains(BreakerSettings settings, TimeSpan now) =>
        settings.IsolateLoneWorker
        && Suspect is { } suspect
        && now - _closedByOthersAt < settings.OpenDuration
        && OnlyFailing(settings, now) is { } worker
        && suspect.Is(worker);

    /// <summary>The breaker opens for all on the evidence so far.</summary>
    public void Tripped(Generation generation, BreakerSettings settings, TimeSpan now)
    {
        Forget();
        if (settings.IsolateLoneWorker && OnlyFailing(settings, now) is { } worker)
        {
            Suspect = worker.Known;
            _trippedIn = generation;
        }
    }

    /// <summary>Records a probe of this worker that opens the breaker again.</summary>
    public void ProbeFailed(Reporter worker)
    {
        if (Suspect?.Is(worker) == true)
        {
            _closedByOthersAt = null;
        }
        else
        {
            Forget();
        }
    }

    /// <summary>How long a free probe is reserved for workers other than this one, if others have called recently; null if this worker may have
    /// it.</summary>
    public TimeSpan? ProbeWait(Reporter worker, TimeSpan halfOpenSince, BreakerSettings settings, TimeSpan now)
    {
        var wait = halfOpenSince + Durations.Min(settings.OpenDuration, LongestProbeWait) - now;
        var othersCall = _calling.SeveralSince(halfOpenSince - settings.OpenDuration - Durations.Max(settings.Window, Memory));
        return wait > TimeSpan.Zero && othersCall && Suspect?.Is(worker) == true ? wait : null;
    }

    /// <summary>Begins a stay: without evidence, and with no isolated worker unless <see cref="Isolate"/> follows.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="now">The time.</param>
    public void Entered(TransitionCause cause, TimeSpan now)
    {
        BeginStay();
        switch (cause)
        {
            case TransitionCause.ProbesSucceeded when Suspect is not null && _othersSucceeded:
                _closedByOthersAt = now;
                break;
            case TransitionCause.ConsecutiveFailures or TransitionCause.FailureRate or TransitionCause.SlowCallRate
                or TransitionCause.TimeoutElapsed or TransitionCause.ProbeFailed or TransitionCause.ProbeLost
                or TransitionCause.Takeover or TransitionCause.WorkerIsolated or TransitionCause.WorkerRecovered:
                break;
            default:
                Forget();
                break;
        }

        _othersSucceeded = false;
    }

    /// <summary>Isolates the suspect in the generation that begins.</summary>
    public void Isolate(KnownWorker worker, TimeSpan now)
    {
        Isolated = worker;
        _reportedAt = now;
    }

    /// <summary>Adopts the state of another activation, to continue a stay that it began.</summary>
    public void Adopt(KnownWorker? isolated, KnownWorker? suspect, bool closedByOthers, TimeSpan now)
    {
        BeginStay();
        Forget();
        Suspect = suspect;
        _closedByOthersAt = closedByOthers ? now : null;
        if (isolated is not null)
        {
            Isolate(isolated, now);
        }
    }

    private void BeginStay()
    {
        _failing.Clear();
        _runSince = null;
        Isolated = null;
    }

    private void Forget()
    {
        Suspect = null;
        _trippedIn = null;
        _othersSucceeded = false;
        _closedByOthersAt = null;
    }

    /// <summary>The session that brought all the evidence: the current run of failures, and the failures within the window.</summary>
    private Reporter? OnlyFailing(BreakerSettings settings, TimeSpan now) =>
        _failing.OnlyOneSince(Durations.Min(_runSince ?? now, now - settings.Window));
}
