using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>A mirror whose time, cluster and network are the test's.</summary>
internal sealed class MirrorRig
{
    public static readonly TimeSpan Renewal = MirrorTimings.Default.Renewal;
    private static readonly Guid Authority = new("a0000000-0000-0000-0000-000000000000");
    private readonly TestClock _clock = new();

    public MirrorRig(BreakerSettings? settings = null, bool connected = true)
    {
        Policy = new BreakerPolicy { Settings = settings ?? new BreakerSettings { FailureThreshold = 3 }, MinTransitionInterval = TimeSpan.Zero };
        Run = new WorkerRun(Guid.NewGuid(), "w", MirrorTimings.Default, Guid.NewGuid);
        Core = new MirrorCore("pgmq", Policy, Run, Now);
        if (connected)
        {
            Hear(Snapshot(BreakerState.Closed, 0));
            SayHello();
        }
    }

    public BreakerPolicy Policy { get; }

    public WorkerRun Run { get; }

    public MirrorCore Core { get; }

    public Moment Now => _clock.Now;

    public BreakerState State => Core.Snapshot(Now).State;

    /// <summary>Lets time pass, and wakes the core whenever it asked to be.</summary>
    public void Pass(TimeSpan time)
    {
        var until = _clock.Elapsed + time;
        while (Core.NextWake is { } wake && wake <= until)
        {
            _clock.PassTo(wake);
            Core.Advance(Now);
            if (Core.NextWake <= _clock.Elapsed)
            {
                // A report is due: the test takes it when it wants to.
                break;
            }
        }

        _clock.PassTo(until);
        Core.Advance(Now);
    }

    /// <summary>Lets time pass without a wake.</summary>
    public void Jump(TimeSpan time) => _clock.Pass(time);

    public void Refuse() =>
        Core.Hear(new BreakerUpdate { Component = "pgmq", Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, Now);

    /// <summary>Outcomes of calls that are admitted now, a letter each: s success, f failure, i ignored, r rejection.</summary>
    public void Record(string outcomes, Generation? generation = null, bool? local = null, bool retired = false) => Core.Record(
        new GenerationTally
        {
            Generation = generation ?? Core.Generation,
            Local = local ?? Core.IsLocal,
            Tally = Outcomes.Tally(outcomes),
        },
        Now,
        retired);

    public BreakerSnapshot Snapshot(BreakerState state, long generation, long revision = 0, int freeProbes = 0, Guid? incarnation = null, long command = 0)
    {
        var id = generation == 0 ? Generation.Initial : new Generation(generation, incarnation ?? Authority);
        return new BreakerSnapshot
        {
            Component = "pgmq",
            State = state,
            Generation = id,
            Revision = revision,
            Policy = Policy,
            Remaining = state == BreakerState.Open ? Policy.Settings.OpenDuration : null,
            FreeProbes = freeProbes,
            CommandNumber = command,
            Lineage = generation == 0 ? Lineage.Initial : Lineage.Initial.With(id),
            Seal = generation == 0 ? [] : [1],
        };
    }

    public void Hear(BreakerSnapshot snapshot) => Core.Hear(new BreakerUpdate { Component = "pgmq", Snapshot = snapshot }, Now);

    /// <summary>Has the report answered with which a worker that has just heard of the cluster presents itself to the authority.</summary>
    public void SayHello()
    {
        var hello = MustReport();
        Assert.Equal((0L, 0), (hello.Number, hello.Tallies.Length));
        Answer(hello);
    }

    public WorkerReport? Report() => Core.TakeReport(Now);

    public WorkerReport MustReport() => Report() ?? throw new InvalidOperationException("no report is due");

    public void Answer(WorkerReport report, BreakerSnapshot? snapshot = null, OfferVerdict verdict = OfferVerdict.None) =>
        Core.ReportAnswered(report, new ReportAnswer { Number = report.Number, Snapshot = snapshot, Verdict = verdict }, Now);
}
