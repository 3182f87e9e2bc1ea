namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>The rules once more, written from SPEC's words alone and as plainly as possible: it keeps every outcome of the stay, one by
/// one, and judges by counting them again. Slow, and obviously right.</summary>
internal sealed class ReferenceModel(BreakerPolicy policy)
{
    private readonly List<Arrival> _arrivals = [];
    private readonly List<Probe> _probes = [];
    private readonly Dictionary<(BreakerState, BreakerState), long> _kinds = [];
    private double _entered;
    private double? _lastAutomatic;
    private double? _holdEnd;
    private bool _tripWaits;
    private bool _probeFailed;
    private double _bucket = double.NegativeInfinity;
    private readonly List<(string Worker, double At)> _calls = [];
    private string? _suspect;
    private bool _knowsWhatTripped;
    private bool _othersSucceeded;
    private double? _closedByOthers;
    private string? _isolated;
    private double _isolatedHeard;

    public BreakerPolicy Policy { get; private set; } = policy;

    public BreakerState State { get; private set; }

    public long Number { get; private set; }

    private bool _wereEnough;

    public long Commands { get; private set; }

    public long Successes { get; private set; }

    public long Failures { get; private set; }

    public long Ignored { get; private set; }

    public long Rejected { get; private set; }

    public long Late { get; private set; }

    public long ProbesGiven { get; private set; }

    public TransitionCause? LastCause { get; private set; }

    public IReadOnlyDictionary<(BreakerState From, BreakerState To), long> Kinds => _kinds;

    public string? Isolated => _isolated;

    public int Outstanding => _probes.Count(probe => probe.IsOut);

    public int FreeProbes => State == BreakerState.HalfOpen && Policy.Enabled && !IsDecided
        ? Math.Max(0, Policy.Settings.EffectiveMaxProbes - Outstanding)
        : 0;

    private bool IsDecided => _probeFailed || (_wereEnough && AreEnough);

    private bool AreEnough => _probes.Count(probe => probe.Result == ProbeResult.Success) >= Policy.Settings.SuccessThreshold;

    /// <summary>When something falls due by itself.</summary>
    public double? NextDue
    {
        get
        {
            var mayMove = _lastAutomatic + Policy.MinTransitionInterval.TotalSeconds ?? double.NegativeInfinity;
            return State switch
            {
                BreakerState.Open => Math.Max(_entered + Policy.Settings.OpenDuration.TotalSeconds, mayMove),
                BreakerState.HalfOpen when IsDecided => _lastAutomatic is null ? _entered : mayMove,
                BreakerState.HalfOpen => Outstanding == 0 ? null : _probes.Where(probe => probe.IsOut).Min(probe => probe.Ends),
                BreakerState.Closed when _tripWaits && _isolated is not null => Math.Min(mayMove, _isolatedHeard + 15),
                BreakerState.Closed when _isolated is not null => _isolatedHeard + 15,
                BreakerState.Closed => _tripWaits ? mayMove : null,
                _ => _holdEnd,
            };
        }
    }

    public void Advance(double now)
    {
        while (true)
        {
            if (State.IsForced() && now >= _holdEnd)
            {
                Commands++;
                Move(BreakerState.Closed, TransitionCause.TtlEnded, now);
            }
            else if (!Policy.Enabled && State is BreakerState.Open or BreakerState.HalfOpen)
            {
                Move(BreakerState.Closed, TransitionCause.Disabled, now);
            }
            else if (State == BreakerState.Open && now >= _entered + Policy.Settings.OpenDuration.TotalSeconds && MayMove(now))
            {
                MoveAutomatically(BreakerState.HalfOpen, TransitionCause.TimeoutElapsed, now);
            }
            else if (State == BreakerState.HalfOpen)
            {
                var lost = _probes.Where(probe => probe.IsOut && probe.Ends <= now).ToList();
                if (lost.Count > 0 && !_probeFailed)
                {
                    (_probeFailed, _failedCause) = (true, TransitionCause.ProbeLost);
                    _failedWorker = lost.MinBy(probe => probe.Ends)!.Worker;
                }

                lost.ForEach(probe => probe.IsOut = false);
                if (!JudgeProbes(now))
                {
                    return;
                }
            }
            else if (_isolated is not null && (now >= _isolatedHeard + 15 || !Policy.Enabled || !Policy.Settings.IsolateLoneWorker))
            {
                Move(BreakerState.Closed, TransitionCause.IsolationEnded, now);
            }
            else if (State == BreakerState.Closed && _tripWaits && MayMove(now))
            {
                _tripWaits = false;
                var longest = Workers.Append(null).Max(worker => RunsOf(worker)[^1]);
                if (TripRule(longest, now) is not { } rule)
                {
                    return;
                }

                Open(rule, now);
            }
            else
            {
                return;
            }
        }
    }

    private TransitionCause _failedCause;
    private string? _failedWorker;

    private IEnumerable<string?> Workers => _arrivals.Select(arrival => arrival.Worker).Distinct();

    /// <summary>The isolated worker reports how its own circuit is; of any other it means nothing.</summary>
    public void Own(string worker, bool isClosed, double now)
    {
        Advance(now);
        if (worker == _isolated)
        {
            _isolatedHeard = now;
            if (isClosed)
            {
                Move(BreakerState.Closed, TransitionCause.WorkerRecovered, now);
            }
        }
    }

    /// <summary>A report: outcomes in order, each of the generation that is current when it arrives, or of another: perhaps of the one that
    /// the last trip ended. Late is what ended after its worker had heard of another generation.</summary>
    public void Report(string worker, string outcomes, bool isCurrent, bool isLocal, bool ofTripped, bool endedLate, double now)
    {
        Advance(now);
        _isolatedHeard = worker == _isolated ? now : _isolatedHeard;
        if (!isLocal && outcomes.Any(outcome => outcome is not ('i' or 'r')))
        {
            _calls.Add((worker, now));
        }

        foreach (var outcome in outcomes)
        {
            Count(outcome);
            Late += !isCurrent && !isLocal && endedLate && outcome != 'r' ? 1 : 0;
        }

        var isBad = outcomes.Any(IsBad);
        if (ofTripped && !isCurrent && _knowsWhatTripped && isBad && _isolated is null && worker != _suspect)
        {
            _suspect = null;
        }

        if (!isCurrent || isLocal || worker == _isolated || State is not (BreakerState.Closed or BreakerState.ForcedClosed))
        {
            return;
        }

        if (_isolated is not null && isBad)
        {
            Move(BreakerState.Closed, TransitionCause.IsolationEnded, now);
        }

        var counted = outcomes.Where(outcome => outcome is not ('i' or 'r')).ToList();
        var longest = 0;
        foreach (var outcome in counted)
        {
            if (now - _bucket >= Policy.Settings.Window.TotalSeconds / 20)
            {
                _bucket = now;
            }

            // One outcome after the other: how long is now the run of all, and the run of this worker?
            _arrivals.Add(new Arrival(worker, outcome is 's' or 'l', outcome is 'l' or 'm', _bucket, now, IsBad(outcome)));
            longest = Math.Max(longest, Math.Max(RunsOf(null)[^1], RunsOf(worker)[^1]));
        }

        if (State == BreakerState.Closed && TripRule(longest, now) is { } rule)
        {
            if (MayMove(now) || IsTheSuspectAlone(now))
            {
                Open(rule, now);
            }
            else
            {
                _tripWaits = true;
            }
        }
    }

    public int? Ask(string worker, double now)
    {
        Advance(now);
        var timeout = Policy.Settings.OpenDuration.TotalSeconds;
        var calledLately = _calls.Where(call => call.At >= _entered - timeout - Math.Max(15, Policy.Settings.Window.TotalSeconds)).Select(call => call.Worker).Distinct();
        if (FreeProbes == 0 || (worker == _suspect && now < _entered + Math.Min(1, timeout) && calledLately.Count() >= 2))
        {
            return null;
        }

        ProbesGiven++;
        _probes.Add(new Probe { Worker = worker, Ends = now + Policy.Settings.EffectiveProbeLease.TotalSeconds });
        return _probes.Count;
    }

    public void Settle(int id, ProbeResult result, bool isCurrent, bool endedLate, double now)
    {
        Advance(now);
        if (result != ProbeResult.Unused)
        {
            Count(result switch { ProbeResult.Success => 's', ProbeResult.Failure => 'f', _ => 'i' });
            Late += !isCurrent && endedLate ? 1 : 0;
        }

        if (!isCurrent || State != BreakerState.HalfOpen)
        {
            return;
        }

        if (id <= _probes.Count && _probes[id - 1] is { IsOut: true } probe)
        {
            (probe.IsOut, probe.Result) = (false, result);
            _othersSucceeded |= result == ProbeResult.Success && _suspect is not null && probe.Worker != _suspect;
            if (result == ProbeResult.Failure && !_probeFailed)
            {
                (_probeFailed, _failedCause, _failedWorker) = (true, TransitionCause.ProbeFailed, probe.Worker);
            }
        }

        _wereEnough = AreEnough;
        JudgeProbes(now);
    }

    public CommandStatus Command(CommandKind kind, double? ttl, double now)
    {
        Advance(now);
        switch (kind)
        {
            case CommandKind.Release when !State.IsForced():
                return CommandStatus.Unchanged;
            case CommandKind.Reset when State.IsForced():
                return CommandStatus.Conflict;
            case CommandKind.ForceOpen or CommandKind.ForceClosed:
                Move(
                    kind == CommandKind.ForceOpen ? BreakerState.ForcedOpen : BreakerState.ForcedClosed,
                    kind == CommandKind.ForceOpen ? TransitionCause.ForceOpen : TransitionCause.ForceClosed,
                    now);
                _holdEnd = now + ttl;
                break;
            default:
                Move(BreakerState.Closed, kind == CommandKind.Release ? TransitionCause.Release : TransitionCause.Reset, now);
                break;
        }

        Commands++;
        return CommandStatus.Applied;
    }

    public void Configure(BreakerPolicy policy, double now)
    {
        Advance(now);
        Policy = policy;
        if (!policy.Enabled)
        {
            Advance(now);
        }
    }

    /// <summary>Another activation takes up what was stored: no runs, no window, no probes, no memory of when it last moved.</summary>
    public void TakeOver(double now)
    {
        var hold = _holdEnd;
        var (suspect, isolated, closed) = (_suspect, _isolated, _closedByOthers is not null);
        _lastAutomatic = null;
        _calls.Clear();
        _knowsWhatTripped = false;
        if (State == BreakerState.HalfOpen)
        {
            Move(BreakerState.HalfOpen, TransitionCause.Takeover, now);
        }
        else
        {
            BeginStay(now);
            _holdEnd = hold;
        }

        (_suspect, _isolated, _closedByOthers, _isolatedHeard) = (suspect, isolated, closed ? now : null, now);
        Advance(now);
    }

    private void Count(char outcome)
    {
        Successes += outcome is 's' or 'l' ? 1 : 0;
        Failures += outcome is 'f' or 'm' ? 1 : 0;
        Ignored += outcome is 'i' ? 1 : 0;
        Rejected += outcome is 'r' ? 1 : 0;
    }

    private bool MayMove(double now) => _lastAutomatic is not { } last || now >= last + Policy.MinTransitionInterval.TotalSeconds;

    private bool JudgeProbes(double now)
    {
        if (!IsDecided || !MayMove(now))
        {
            return false;
        }

        if (_probeFailed)
        {
            if (_failedWorker != _suspect)
            {
                _suspect = null;
            }

            _closedByOthers = null;
            MoveAutomatically(BreakerState.Open, _failedCause, now);
        }
        else
        {
            var byOthers = _othersSucceeded && _suspect is not null;
            MoveAutomatically(BreakerState.Closed, TransitionCause.ProbesSucceeded, now);
            _suspect = byOthers ? _suspect : null;
            _closedByOthers = byOthers ? now : null;
        }

        return true;
    }

    private bool IsBad(char outcome) =>
        outcome is 'f' or 'm' || (outcome is 'l' && Policy.Settings.SlowCallRateThreshold is not null);

    /// <summary>Who failed lately: since the run of failures of all began, and within the window at the least.</summary>
    private List<string> FailedLately(double now)
    {
        var since = now - Policy.Settings.Window.TotalSeconds;
        var run = _arrivals.AsEnumerable().Reverse().TakeWhile(arrival => !arrival.Succeeded).ToList();
        since = run.Count > 0 ? Math.Min(since, run[^1].At) : since;
        return [.. _arrivals.Where(arrival => arrival.IsBad && arrival.At >= since).Select(arrival => arrival.Worker).Distinct()];
    }

    private bool IsTheSuspectAlone(double now) =>
        Policy.Settings.IsolateLoneWorker
        && _suspect is not null
        && now - _closedByOthers < Policy.Settings.OpenDuration.TotalSeconds
        && FailedLately(now) is [var only]
        && only == _suspect;

    /// <summary>A trip: opens for all, unless the one worker that opened it before would do it alone again.</summary>
    private void Open(TransitionCause rule, double now)
    {
        if (IsTheSuspectAlone(now))
        {
            Move(BreakerState.Closed, TransitionCause.WorkerIsolated, now);
            (_isolated, _isolatedHeard) = (_suspect, now);
            return;
        }

        _suspect = Policy.Settings.IsolateLoneWorker && FailedLately(now) is [var only] ? only : null;
        _closedByOthers = null;
        _knowsWhatTripped = true;
        MoveAutomatically(BreakerState.Open, rule, now);
    }

    private TransitionCause? TripRule(int longestRun, double now)
    {
        var settings = Policy.Settings;
        if (!Policy.Enabled)
        {
            return null;
        }

        if (longestRun >= settings.FailureThreshold)
        {
            return TransitionCause.ConsecutiveFailures;
        }

        var inWindow = _arrivals.Where(arrival => now - arrival.Bucket < settings.Window.TotalSeconds).ToList();
        if (inWindow.Count < settings.MinimumCalls)
        {
            return null;
        }

        if ((double)inWindow.Count(arrival => !arrival.Succeeded) / inWindow.Count >= settings.FailureRateThreshold)
        {
            return TransitionCause.FailureRate;
        }

        return (double)inWindow.Count(arrival => arrival.Slow) / inWindow.Count >= settings.SlowCallRateThreshold
            ? TransitionCause.SlowCallRate
            : null;
    }

    /// <summary>The run of failures after each outcome of one worker, or of all; 0 before the first.</summary>
    private List<int> RunsOf(string? worker)
    {
        List<int> runs = [0];
        foreach (var arrival in _arrivals.Where(arrival => worker is null || arrival.Worker == worker))
        {
            runs.Add(arrival.Succeeded ? 0 : runs[^1] + 1);
        }

        return runs;
    }

    private void MoveAutomatically(BreakerState state, TransitionCause cause, double now)
    {
        Move(state, cause, now);
        _lastAutomatic = now;
    }

    private void Move(BreakerState state, TransitionCause cause, double now)
    {
        _kinds[(State, state)] = _kinds.GetValueOrDefault((State, state)) + 1;
        State = state;
        Number++;
        LastCause = cause;
        BeginStay(now);
        if (cause is TransitionCause.TtlEnded or TransitionCause.Release or TransitionCause.Reset or TransitionCause.ForceOpen
            or TransitionCause.ForceClosed or TransitionCause.Disabled or TransitionCause.IsolationEnded)
        {
            (_suspect, _closedByOthers) = (null, null);
        }
    }

    private void BeginStay(double now)
    {
        _entered = now;
        _holdEnd = null;
        _tripWaits = false;
        _probeFailed = false;
        _arrivals.Clear();
        _probes.Clear();
        _wereEnough = false;
        _bucket = double.NegativeInfinity;
        _isolated = null;
        _othersSucceeded = false;
    }

    private sealed record Arrival(string Worker, bool Succeeded, bool Slow, double Bucket, double At, bool IsBad);

    private sealed class Probe
    {
        public required string Worker { get; init; }

        public required double Ends { get; init; }

        public bool IsOut { get; set; } = true;

        public ProbeResult? Result { get; set; }
    }
}
