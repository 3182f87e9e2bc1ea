using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>An authority whose store, hubs and clock are the test's.</summary>
internal sealed class AuthorityRig
{
    public const string Component = "pgmq";
    public static readonly SnapshotSealer Sealer = new([.. Enumerable.Range(0, 32).Select(index => (byte)index)]);

    public AuthorityRig(BreakerSettings? settings = null, StoredBreaker? stored = null, bool storeAnswers = true, TestClock? clock = null)
    {
        Clock = clock ?? new TestClock();
        Policy = new BreakerPolicy { Settings = settings ?? new BreakerSettings { FailureThreshold = 1 }, MinTransitionInterval = TimeSpan.Zero, Version = 1 };
        Core = new AuthorityCore(Component, Guid.NewGuid(), Sealer, Clock.Now);
        if (storeAnswers)
        {
            Core.ReadSucceeded(stored, Clock.Now);
        }
        else
        {
            Core.ReadFailed(Clock.Now);
        }

        if (!Core.IsCreated)
        {
            Core.Admitted(Policy, Clock.Now);
        }
    }

    public TestClock Clock { get; }

    public BreakerPolicy Policy { get; }

    public AuthorityCore Core { get; }

    public BreakerDetails Details => Core.Details(Clock.Now);

    public BreakerState State => Details.State;

    /// <summary>What is to be done now. The pushes are acknowledged by hubs with one worker each, unless told otherwise.</summary>
    public AuthorityEffects Effects(bool acknowledge = true)
    {
        var effects = Core.TakeEffects(Clock.Now);
        foreach (var target in acknowledge ? effects.Pushes : [])
        {
            Core.PushAnswered(target, effects.Snapshot!, new HubPushAnswer { Workers = 1 }, Clock.Now);
        }

        return effects;
    }

    /// <summary>The row that is due to be written, stored.</summary>
    public StoredBreaker Store()
    {
        var write = Effects().Write;
        Assert.NotNull(write);
        Core.WriteSucceeded(Clock.Now);
        return write;
    }

    public BreakerSnapshot Snapshot() => Core.Attach(new HubAttachment { Hub = GrainKeys.Hub(15), Claim = new BreakerClaim { Revision = -1 } }, Clock.Now).Snapshot!;

    public HubAttachAnswer Attach(BreakerClaim claim, string? hub = null, int workers = 1) =>
        Core.Attach(new HubAttachment { Hub = hub ?? GrainKeys.Hub(14), Workers = workers, Claim = claim }, Clock.Now);
}

/// <summary>A worker's side of the wire: numbers its reports and requests.</summary>
internal sealed class WorkerRig(AuthorityRig authority, string name = "w")
{
    private long _reports;
    private long _permits;

    public Guid Session { get; } = Guid.NewGuid();

    public WorkerReport Make(OutcomeTally tally, Generation? generation = null, BreakerClaim? claim = null, params ProbeOutcome[] probes) => new()
    {
        Session = Session,
        Worker = name,
        Number = ++_reports,
        Tallies = [new GenerationTally { Generation = generation ?? authority.Details.Generation, Tally = tally }],
        Probes = [.. probes],
        Claim = claim ?? ClaimNow(),
    };

    public ReportAnswer Send(WorkerReport report) => authority.Core.Report(report, authority.Clock.Now);

    public ReportAnswer Fail(int times = 1) =>
        Send(Make(Enumerable.Range(0, times).Aggregate(OutcomeTally.Empty, (tally, _) => tally.Append(OutcomeTally.Failure))));

    public ReportAnswer Succeed() => Send(Make(OutcomeTally.Success));

    public PermitRequest MakeRequest() => new() { Session = Session, Worker = name, Number = ++_permits, Claim = ClaimNow() };

    public PermitAnswer Ask(PermitRequest? request = null) => authority.Core.RequestPermit(request ?? MakeRequest(), authority.Clock.Now);

    public ReportAnswer Settle(ProbePermit permit, ProbeResult result) =>
        Send(Make(OutcomeTally.Empty, null, null, new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = result }));

    private BreakerClaim ClaimNow() => new() { Generation = authority.Details.Generation, Revision = authority.Core.Attach(
        new HubAttachment { Hub = GrainKeys.Hub(15), Workers = 0, Claim = new BreakerClaim { Revision = -1 } }, authority.Clock.Now).Snapshot!.Revision };
}
