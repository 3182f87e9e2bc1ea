using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <content>When a breaker changes its state by itself (S2–S9).</content>
internal sealed partial class BreakerMachine
{
    /// <summary>Whether a half-open generation is decided and only waits for the minimum interval (S9).</summary>
    private bool HalfOpenIsDecided => _probes.Failed is not null || (_successesAreEnough && _probes.Successes >= Policy.Settings.SuccessThreshold);

    /// <summary>The time until which automatic transitions must wait; null if there was none yet (S9).</summary>
    private TimeSpan? IntervalEnd => _lastAutomaticAt + Policy.MinTransitionInterval;

    private bool MayTransition(Moment now) => IntervalEnd is not { } end || now.Elapsed >= end;

    /// <summary>Applies what has become due: the end of a TTL, the open timeout, expired leases, decisions that waited (S4, S7, S9, S10). At most
    /// one transition: nothing is due yet in a stay that begins now.</summary>
    public void Advance(Moment now)
    {
        if (_holdEndsAt is { } end && now.Elapsed >= end)
        {
            CountCommand();
            Enter(BreakerState.Closed, TransitionCause.TtlEnded, now);
            return;
        }

        if (!Policy.Enabled && State is BreakerState.Open or BreakerState.HalfOpen)
        {
            Enter(BreakerState.Closed, TransitionCause.Disabled, now);
            return;
        }

        switch (State)
        {
            case BreakerState.Open when now.Elapsed >= _enteredAt + Policy.Settings.OpenDuration && MayTransition(now):
                EnterAutomatically(BreakerState.HalfOpen, TransitionCause.TimeoutElapsed, now);
                break;
            case BreakerState.HalfOpen:
                var wereFree = FreeProbes > 0;
                _probes.Expire(now.Elapsed);
                EvaluateHalfOpen(wereFree, now);
                break;
            case BreakerState.Closed when _lone.Isolated is { } isolated && !MayStayIsolated(now):
                Enter(BreakerState.Closed, TransitionCause.IsolationEnded, now, isolated.Name);
                break;
            case BreakerState.Closed when _waitingTrip is { } waiting && MayTransition(now):
                _waitingTrip = null;
                if (TripCause(_runs.LongestCurrent, now) is { } cause)
                {
                    Trip(cause, waiting.Worker, now);
                }

                break;
        }
    }

    /// <summary>Evaluates the trip rules after a report, on the longest run that it was part of (C3).</summary>
    private void EvaluateClosed(long longestRun, string worker, Moment now)
    {
        if (TripCause(longestRun, now) is not { } cause)
        {
            return;
        }

        if (_lone.Explains(Policy.Settings, now.Elapsed) || MayTransition(now))
        {
            Trip(cause, worker, now);
        }
        else
        {
            _waitingTrip ??= new(worker);
        }
    }

    /// <summary>The trip rule that holds, if any (S2).</summary>
    private TransitionCause? TripCause(long longestRun, Moment now)
    {
        var settings = Policy.Settings;
        if (State != BreakerState.Closed || !Policy.Enabled)
        {
            return null;
        }

        if (longestRun >= settings.FailureThreshold)
        {
            return TransitionCause.ConsecutiveFailures;
        }

        var window = _window.At(now.Elapsed, settings.Window);
        if (window.Calls < settings.MinimumCalls)
        {
            return null;
        }

        if (window.FailureRate >= settings.FailureRateThreshold)
        {
            return TransitionCause.FailureRate;
        }

        return window.SlowCallRate >= settings.SlowCallRateThreshold ? TransitionCause.SlowCallRate : null;
    }

    /// <summary>Opens the circuit for all, or isolates the one suspected worker that alone explains the trip (S25a). Isolation does not change
    /// the state, so it never waits.</summary>
    private void Trip(TransitionCause cause, string worker, Moment now)
    {
        if (_lone.Explains(Policy.Settings, now.Elapsed))
        {
            Isolate(_lone.Suspect!, now);
            return;
        }

        _lone.Tripped(Generation, Policy.Settings, now.Elapsed);
        EnterAutomatically(BreakerState.Open, cause, now, worker);
    }

    private void SettleProbe(long permitId, Reporter reporter, ProbeResult result, Moment now)
    {
        var wereFree = FreeProbes > 0;
        if (_probes.Settle(permitId, reporter.Session, result) && result == ProbeResult.Success)
        {
            _lone.ProbeSucceeded(reporter);
        }

        // Compared here, at an input: a change of the limit alone ends no stay (S18).
        _successesAreEnough = _probes.Successes >= Policy.Settings.SuccessThreshold;
        EvaluateHalfOpen(wereFree, now);
    }

    /// <summary>Ends a half-open generation that is decided: a failed probe beats any number of successes (S6, S9).</summary>
    private void EvaluateHalfOpen(bool wereFree, Moment now)
    {
        if (HalfOpenIsDecided && MayTransition(now))
        {
            if (_probes.Failed is { } failed)
            {
                _lone.ProbeFailed(failed.Worker);
                EnterAutomatically(BreakerState.Open, failed.Cause, now, failed.Worker.Name);
            }
            else
            {
                EnterAutomatically(BreakerState.Closed, TransitionCause.ProbesSucceeded, now);
            }
        }
        else
        {
            RaiseRevisionIfFreeProbesChanged(wereFree);
        }
    }

    private void RaiseRevisionIfFreeProbesChanged(bool wereFree)
    {
        if (wereFree != FreeProbes > 0)
        {
            Revision = RevisionAfter(Revision);
        }
    }

    private void EnterAutomatically(BreakerState state, TransitionCause cause, Moment now, string? worker = null)
    {
        Enter(state, cause, now, worker);
        _lastAutomaticAt = now.Elapsed;
    }

    /// <summary>Begins a new generation: counters of the rules start from zero (S6), totals do not.</summary>
    private void Enter(
        BreakerState state, TransitionCause cause, Moment now, string? worker = null, OperatorCommand? command = null, long above = 0)
    {
        var from = State;
        State = state;
        Generation = new Generation(Math.Max(Generation.Number, above) + 1, _incarnation);
        Lineage = Lineage.With(Generation);
        Revision = RevisionAfter(-1);
        BeginStay(now);
        _lone.Entered(cause, now.Elapsed);
        _log.Append(
            new BreakerTransition
            {
                From = from,
                To = state,
                Generation = Generation,
                At = now.Utc,
                Cause = cause,
                Worker = worker,
                Actor = command?.Actor,
                Reason = command?.Reason,
                Ttl = command?.Ttl,
            },
            now.Elapsed);
    }

    private void BeginStay(Moment now)
    {
        _enteredAt = now.Elapsed;
        _holdEndsAt = null;
        Hold = null;
        _waitingTrip = null;
        _runs.Clear();
        _window.Clear();
        _probes.Clear();
    }
}
