using System.Collections.Immutable;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Simulation.Promises;

namespace TaskerCore.Orleans.Simulation;

/// <summary>One run of a worker's process: does for <see cref="MirrorCore"/> and <see cref="SessionCore"/> what mirror and session do,
/// and makes the calls that the breaker is there for.</summary>
internal sealed class SimWorker
{
    /// <summary>A worker that calls at all makes some calls while all is whole.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly SessionCore _sessionCore;
    private readonly Alarm _alarm;
    private readonly Guid _session;
    private readonly Ear _ear;
    private OutcomeTally _uncollected = OutcomeTally.Empty;
    private long _run;
    private (Generation Generation, bool Local) _admittedBy;
    private bool _isOverdue;
    private bool _isRefused;
    private Counts _acknowledged;
    private long _acknowledgedNumber;

    public SimWorker(World world, Cluster cluster, string name)
    {
        (_world, _cluster, Name) = (world, cluster, name);
        Host = new Host(world);
        StartedAt = world.Now;
        _session = world.Random.NextGuid();
        _ear = new Ear(this);
        Core = new MirrorCore(Cluster.Component, cluster.Policy, new WorkerRun(_session, name, MirrorTimings.Default, world.Random.NextGuid), Host.Now);
        _sessionCore = new SessionCore(MirrorTimings.Default, Host.Now);
        _sessionCore.Add(Cluster.Component, Host.Now);
        _alarm = new Alarm(world, Host, () => Do(() => Core.Advance(Host.Now)));
        _admittedBy = (Core.Generation, Core.IsLocal);
        world.After(TimeSpan.Zero, () => Do(() => { }));
        world.After(TimeSpan.FromSeconds(1), FlushForEver);
        world.After(world.Random.Around(0.1), CallForEver);
    }

    public string Name { get; }

    public Host Host { get; }

    public string HubKey => GrainKeys.HubOf(_session);

    public MirrorCore Core { get; }

    public int Side { get; set; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Cut off from the silos.</summary>
    public bool IsCut
    {
        get;
        set
        {
            CutSince = value && !field ? _world.Now : CutSince;
            field = value;
        }
    }

    public TimeSpan CutSince { get; private set; }

    /// <summary>Whether the cluster has told it of the breaker.</summary>
    public bool HasHeard => Core.Mode is BreakerMode.Connected or BreakerMode.Local;

    /// <summary>Cut off from the component.</summary>
    public bool ComponentIsAway { get; set; }

    /// <summary>What it has counted, as it is to stand in the totals.</summary>
    public Counts Counted { get; private set; }

    /// <summary>What of that was not acknowledged when the cluster refused the breaker: it may have been counted, or not.</summary>
    public Counts Dropped { get; private set; }

    /// <summary>Calls that failed one after the other under what admits calls now.</summary>
    public long FailuresInARow { get; private set; }

    /// <summary>Since when they are enough for any threshold.</summary>
    public TimeSpan FailingSince { get; private set; }

    public TimeSpan StartedAt { get; }

    /// <summary>Another authority hears it from now on: runs are never stored (S14).</summary>
    public void ForgetRun() => FailuresInARow = 0;

    public void Die() => IsAlive = false;

    public void Hear(ImmutableArray<BreakerUpdate> updates) => Do(() =>
    {
        foreach (var update in updates)
        {
            Core.Hear(update, Host.Now);
        }
    });

    private void Do(Action input) => Host.Run(() =>
    {
        if (IsAlive)
        {
            input();
            CarryOut();
        }
    });

    private void CarryOut()
    {
        var now = Host.Now;
        if (_sessionCore.OverdueAt <= now.Elapsed != _isOverdue)
        {
            _isOverdue = !_isOverdue;
            Core.RenewalIsOverdue(_isOverdue, now);
        }

        NoteRefusal();
        CollectIfRetired();
        if (Core.TakeReport(now) is { } report)
        {
            _cluster.Promises.OnSent(this, report);
            CallAuthority<ReportAnswer>(
                authority => _cluster.Report(authority, report),
                answer => ReportAnswered(report, answer),
                () => Core.ReportFailed(report, Host.Now));
        }

        CollectIfRetired();
        if (_sessionCore.TakeCall(now) is { } call)
        {
            CallHub(call);
        }

        _cluster.Promises.OnMirror(this);
        var overdueAt = _sessionCore.OverdueAt is { } overdue && overdue > now.Elapsed ? overdue : (TimeSpan?)null;
        _alarm.Set(Durations.Earlier(Durations.Earlier(Core.NextWake, _sessionCore.NextWake), overdueAt));
    }

    private void CallHub(HubCall call)
    {
        var registration = new WorkerRegistration
        {
            Session = _session,
            Worker = Name,
            Observer = _ear,
            RenewalInterval = MirrorTimings.Default.Renewal,
            AddsTo = call.AddsTo,
            Breakers = [.. call.Components.Select(component => new RegisteredBreaker(component, Core.Claim(Host.Now, offer: true)))],
        };
        var renewal = new WorkerRenewal { Session = _session, HubIncarnation = _sessionCore.HubIncarnation, Sequence = _sessionCore.Sequence };
        _cluster.Call<RenewalAnswer>(
            Host,
            answer => UnlessCut(() => _cluster.Hub(HubKey, Side, hub => answer(call.IsRegistration ? hub.Register(registration) : hub.Renew(renewal)))),
            answer => Do(() =>
            {
                _sessionCore.Answered(call, answer, Host.Now);
                foreach (var update in answer.Updates.IsDefault ? [] : answer.Updates)
                {
                    Core.Hear(update, Host.Now);
                }
            }),
            () => Do(() => _sessionCore.Failed(Host.Now)),
            MirrorTimings.Default.Renewal);
    }

    private void CallAuthority<T>(Func<SimAuthority, T> ask, Action<T> answered, Action failed) => _cluster.Call<T>(
        Host,
        answer => UnlessCut(() => _cluster.Authority(Side, authority => answer(_cluster.Watched(authority, () => ask(authority))))),
        answer => Do(() => answered(answer)),
        () => Do(failed),
        MirrorTimings.Default.Renewal);

    private void UnlessCut(Action deliver)
    {
        if (!IsCut)
        {
            deliver();
        }
    }

    private void ReportAnswered(WorkerReport report, ReportAnswer answer)
    {
        _acknowledged += report.Number > _acknowledgedNumber && answer is { Refusal: null, Verdict: not OfferVerdict.Wanted } ? Counts.Of(report) : default;
        _acknowledgedNumber = Math.Max(_acknowledgedNumber, report.Number);
        _cluster.Promises.OnAnswered(this, report, answer);
        Core.ReportAnswered(report, answer, Host.Now);
    }

    /// <summary>With a refusal everything is dropped that was not acknowledged.</summary>
    private void NoteRefusal()
    {
        if (_isRefused == Core.Refusal is not null)
        {
            return;
        }

        _isRefused = !_isRefused;
        if (_isRefused)
        {
            Collect();
            Dropped = Counted - _acknowledged;
        }
    }

    private void CallForEver()
    {
        if (!IsAlive || _cluster.NobodyCalls)
        {
            return;
        }

        Do(MakeCall);
        _world.After(Durations.Min(_world.Random.Around(_cluster.SecondsBetweenCalls), LongestPause), CallForEver);
    }

    private void FlushForEver()
    {
        if (!IsAlive)
        {
            return;
        }

        Do(() =>
        {
            Collect();
            Core.Flush(Host.Now);
        });
        _world.After(Core.FlushInterval, FlushForEver);
    }

    /// <summary>What a caller does, with the decision that a real call would get.</summary>
    private void MakeCall()
    {
        Core.Advance(Host.Now);
        CollectIfRetired();
        var view = new MirrorView(Core.Snapshot(Host.Now), Core.Mode, Core.Refusal, counter: null!, TimeProvider.System, Core.IsHeld);
        _cluster.Promises.OnDecision(this, view);
        var admittedBy = (Core.Generation, Core.IsLocal);
        switch (view.Decision)
        {
            case CallDecision.Admit:
                _world.After(_world.Random.Around(0.01), () => Do(() => Count(admittedBy, Outcome())));
                break;
            case CallDecision.Probe:
                Probe();
                break;
            case CallDecision.Refuse:
                break;
            default:
                Count(admittedBy, OutcomeTally.Rejection);
                break;
        }
    }

    private void Probe()
    {
        if (Core.IsLocal)
        {
            if (Core.TakeLocalPermit(Host.Now) is { } own)
            {
                RunProbe(own, local: true);
            }
            else
            {
                Reject();
            }
        }
        else if (Core.TakePermitRequest(Host.Now) is { } request)
        {
            CallAuthority<PermitAnswer>(
                authority => _cluster.RequestPermit(authority, request),
                answer =>
                {
                    if (Core.PermitAnswered(request, answer, Host.Now) is { } permit)
                    {
                        _cluster.Promises.OnPermit(this, permit);
                        RunProbe(permit, local: false);
                    }
                    else
                    {
                        Reject();
                    }
                },
                () =>
                {
                    Core.PermitFailed(request, Host.Now);
                    Reject();
                });
        }
        else
        {
            Reject();
        }
    }

    private void RunProbe(ProbePermit permit, bool local)
    {
        if (_world.IsHostile && _world.Random.Chance(0.05))
        {
            // A probe that never returns.
            return;
        }

        _world.After(_world.Random.Around(_world.Random.Chance(0.1) ? 5 : 0.02), () => Do(() =>
        {
            var outcome = Outcome();
            var result = outcome.Failures > 0 ? ProbeResult.Failure : outcome.Successes > 0 ? ProbeResult.Success : ProbeResult.Ignored;
            _cluster.Promises.OnSettled(this, permit);
            Note(outcome);
            if (local && !_isRefused)
            {
                _cluster.Promises.OnOutcome(this, permit.Generation, local: true, outcome);
            }

            var probe = new ProbeOutcome
            {
                PermitId = permit.Id,
                Generation = permit.Generation,
                Result = result,
                Slow = outcome.Counts.Slow > 0,
                Duration = outcome.Counts.TimedCalls > 0 ? outcome.Counts.TotalDuration : null,
            };
            Core.Settle(probe, local, Host.Now);
        }));
    }

    private void Reject() => Count((Core.Generation, Core.IsLocal), OutcomeTally.Rejection);

    private OutcomeTally Outcome()
    {
        var outcome = ComponentIsAway || _cluster.ComponentIsDown ? OutcomeTally.Failure
            : !_world.IsHostile ? OutcomeTally.Success
            : _world.Random.NextDouble() switch
            {
                < 0.02 when !_world.Options.IsSteady => OutcomeTally.Failure,
                < 0.04 => OutcomeTally.IgnoredCall,
                var drawn => drawn < _cluster.FailingShare ? OutcomeTally.Failure : OutcomeTally.Success,
            };
        return Core.Cluster.Policy.Settings.SlowCallDuration is { } slow && outcome.Counts.Ignored == 0 ? Timed(outcome, slow) : outcome;
    }

    private OutcomeTally Timed(OutcomeTally outcome, TimeSpan slow)
    {
        var isSlow = _cluster.SlowShare > 0 && _world.Random.Chance(_cluster.SlowShare);
        return outcome with { Counts = outcome.Counts with { Slow = isSlow ? 1 : 0, TimedCalls = 1, TotalDuration = isSlow ? slow : slow / 2 } };
    }

    private void Note(OutcomeTally outcome)
    {
        Counted += Counts.Of(outcome);
        Dropped += _isRefused ? Counts.Of(outcome) : default;
    }

    /// <summary>As the counter does: failures are told at once, the rest is collected later; what is late goes by itself.</summary>
    private void Count((Generation Generation, bool Local) admittedBy, OutcomeTally outcome)
    {
        CollectIfRetired();
        Note(outcome);
        if (_isRefused)
        {
            return;
        }

        _cluster.Promises.OnOutcome(this, admittedBy.Generation, admittedBy.Local, outcome);
        if (admittedBy != _admittedBy)
        {
            Record(admittedBy, outcome, retired: true);
            return;
        }

        if (outcome.Failures > 0)
        {
            FailingSince = ++FailuresInARow == _cluster.EnoughFailures ? _world.Now : FailingSince;
        }
        else if (outcome.Successes > 0)
        {
            FailuresInARow = 0;
        }

        var hadRun = _run > 0;
        _run = outcome.Successes > 0 ? 0 : _run + outcome.Failures;
        _uncollected = _uncollected.Append(outcome);
        if (outcome.Failures > 0 || (hadRun && outcome.Successes > 0))
        {
            Collect();
        }
    }

    private void CollectIfRetired()
    {
        while (_admittedBy != (Core.Generation, Core.IsLocal))
        {
            Collect();
            _admittedBy = (Core.Generation, Core.IsLocal);
            FailuresInARow = 0;
            _run = Core.OwnRun;
        }
    }

    private void Collect()
    {
        if (!_uncollected.IsEmpty)
        {
            var tally = _uncollected;
            _uncollected = OutcomeTally.Empty;
            Record(_admittedBy, tally);
        }
    }

    private void Record((Generation Generation, bool Local) admittedBy, OutcomeTally tally, bool retired = false) =>
        Core.Record(new GenerationTally { Generation = admittedBy.Generation, Local = admittedBy.Local, Tally = tally }, Host.Now, retired);

    /// <summary>What hubs push to.</summary>
    internal sealed class Ear(SimWorker worker) : IWorkerObserver
    {
        public SimWorker Worker => worker;

        public ValueTask OnUpdatesAsync(ImmutableArray<BreakerUpdate> updates)
        {
            worker.Hear(updates);
            return ValueTask.CompletedTask;
        }
    }
}
