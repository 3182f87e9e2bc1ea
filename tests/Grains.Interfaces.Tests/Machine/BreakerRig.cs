using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>A breaker whose time the test moves, and workers that report to it.</summary>
internal sealed class BreakerRig
{
    private readonly Dictionary<string, Guid> _sessions = [];
    private readonly TestClock _clock = new();

    public BreakerRig(BreakerSettings? settings = null, TimeSpan? minInterval = null, bool enabled = true)
    {
        Policy = new BreakerPolicy { Settings = settings ?? new BreakerSettings(), MinTransitionInterval = minInterval ?? TimeSpan.Zero, Enabled = enabled };
        Machine = new BreakerMachine("pgmq", Policy, Guid.NewGuid(), Now);
    }

    public BreakerMachine Machine { get; private set; }

    public BreakerPolicy Policy { get; private set; }

    public Moment Now => _clock.Now;

    public BreakerState State => Machine.State;

    public TransitionCause LastCause => Machine.History[^1].Cause;

    public CallCounts Totals => Machine.Totals;

    public Reporter Reporter(string worker)
    {
        if (!_sessions.TryGetValue(worker, out var session))
        {
            _sessions[worker] = session = Guid.NewGuid();
        }

        return new Reporter(session, worker);
    }

    /// <summary>Reports outcomes of the current generation, a letter each: s success, f failure, i ignored, r rejection, l slow success.</summary>
    public void Report(string worker, string outcomes, Generation? generation = null, bool local = false, bool? late = null, BreakerState? own = null) =>
        Machine.Report(
            Reporter(worker),
            [
                new GenerationTally
                {
                    Generation = generation ?? Machine.Generation,
                    Tally = Outcomes.Tally(outcomes),
                    Local = local,
                    Late = late ?? (!local && generation is { } other && other != Machine.Generation),
                },
            ],
            [],
            Now,
            own);

    /// <summary>Lets time pass, and wakes the breaker whenever it asked to be.</summary>
    public void Pass(double seconds)
    {
        var until = _clock.Elapsed + TimeSpan.FromSeconds(seconds);
        while (Machine.NextWake is { } wake && wake <= until)
        {
            Jump(Math.Max(0, (wake - _clock.Elapsed).TotalSeconds));
            Machine.Advance(Now);
            Assert.True(Machine.NextWake is not { } next || next > _clock.Elapsed, "a wake that was kept must not be asked for again");
        }

        _clock.PassTo(until);
    }

    /// <summary>Lets time pass without a wake.</summary>
    public void Jump(double seconds) => _clock.Pass(seconds);

    public ProbePermit? Ask(string worker = "a") => Machine.RequestPermit(Reporter(worker), Now);

    public ProbePermit Permit(string worker = "a") => Ask(worker) ?? throw new InvalidOperationException("no permit was free");

    public void Settle(ProbePermit permit, ProbeResult result, string worker = "a", bool? late = null) =>
        Machine.Report(
            Reporter(worker),
            [],
            [
                new ProbeOutcome
                {
                    PermitId = permit.Id,
                    Generation = permit.Generation,
                    Result = result,
                    Late = late ?? (permit.Generation != Machine.Generation),
                },
            ],
            Now);

    public CommandStatus Command(CommandKind kind, double? ttlSeconds = null) =>
        Machine.Command(
            new OperatorCommand { Kind = kind, Reason = "drill", Actor = "ops", Ttl = ttlSeconds is { } ttl ? TimeSpan.FromSeconds(ttl) : null }, Now);

    public void Configure(Func<BreakerSettings, BreakerSettings> change, bool enabled = true)
    {
        Policy = Policy with { Settings = change(Policy.Settings), Enabled = enabled, Version = Policy.Version + 1 };
        Machine.SetPolicy(Policy, Now);
    }

    /// <summary>The activation dies; another takes up what was stored.</summary>
    public void Restart(double secondsAway = 0)
    {
        var stored = Machine.Capture(Now);
        Jump(secondsAway);
        Machine = BreakerMachine.TakeOver("pgmq", stored, Policy, Guid.NewGuid(), Now);
    }

    public BreakerRig Opened()
    {
        Report("a", new string('f', Policy.Settings.FailureThreshold));
        Assert.Equal(BreakerState.Open, State);
        return this;
    }

    public BreakerRig HalfOpened()
    {
        Opened();
        Pass(Policy.Settings.OpenDuration.TotalSeconds + Policy.MinTransitionInterval.TotalSeconds);
        Assert.Equal(BreakerState.HalfOpen, State);
        return this;
    }
}
