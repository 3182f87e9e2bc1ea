using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>One family of promises: what must hold when something happens, after every step, and at the end. A family overrides what it
/// watches, and is added to <see cref="AllPromises"/>.</summary>
internal abstract class Promise(World world, Cluster cluster)
{
    /// <summary>After a disturbance every call that was lost has been given up and made again, and whoever died is noticed.</summary>
    protected static readonly TimeSpan Recovery = TimeSpan.FromSeconds(8);

    /// <summary>Clocks run at most half a percent fast or slow.</summary>
    protected const double ClockTolerance = 0.98;

    /// <summary>What an awake host needs at most for what is due.</summary>
    protected static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(20);

    protected World World => world;

    protected Cluster Cluster => cluster;

    /// <summary>An authority has another generation than before: its own, or one that it read or was offered.</summary>
    public virtual void OnStay(SimAuthority authority, Stay stay)
    {
    }

    /// <summary>An authority announces a transition that it made.</summary>
    public virtual void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
    }

    /// <summary>An authority took a report.</summary>
    public virtual void OnReport(SimAuthority authority, WorkerReport report, Arrival arrival)
    {
    }

    /// <summary>An authority heard of permits that come back.</summary>
    public virtual void OnReturned(SimAuthority authority, Guid session, PermitProgress progress, IReadOnlyList<ProbeOutcome> probes)
    {
    }

    /// <summary>An authority gave a permit, or gave it again.</summary>
    public virtual void OnGranted(SimAuthority authority, PermitRequest request, ProbePermit permit)
    {
    }

    /// <summary>An authority carried out an operator's command, or did not.</summary>
    public virtual void OnCommand(SimAuthority authority, OperatorCommand command, CommandStatus status)
    {
    }

    /// <summary>A hub attached to an authority, which knew of so many workers before and after.</summary>
    public virtual void OnAttached(SimAuthority authority, HubAttachment attachment, int workersBefore, int workersAfter)
    {
    }

    /// <summary>An authority that was commanded before it could read the store has now read it.</summary>
    public virtual void OnReadAfterCommand(BreakerState before, BreakerState after)
    {
    }

    /// <summary>An authority begins to write its row.</summary>
    public virtual void OnWriting(SimAuthority authority)
    {
    }

    /// <summary>A row was stored.</summary>
    public virtual void OnStored()
    {
    }

    /// <summary>A directory may have other settings in force.</summary>
    public virtual void OnDirectory(SimDirectory directory)
    {
    }

    /// <summary>A silo offered its settings to a directory, and was answered.</summary>
    public virtual void OnOffered(SimDirectory directory, ConfigurationOffer offer, ConfigurationAnswer answer)
    {
    }

    /// <summary>A directory learned what the store has: when it first read, or by a conflict.</summary>
    public virtual void OnDirectoryLearned(SimDirectory directory, StoredDirectory? row, IReadOnlyList<string> created)
    {
    }

    /// <summary>A worker may have another snapshot.</summary>
    public virtual void OnMirror(SimWorker worker)
    {
    }

    /// <summary>A worker decides about a call.</summary>
    public virtual void OnDecision(SimWorker worker, MirrorView view)
    {
    }

    /// <summary>A call of a worker ended, or was rejected; the core has not heard of it yet.</summary>
    public virtual void OnOutcome(SimWorker worker, Generation generation, bool local, OutcomeTally outcome)
    {
    }

    /// <summary>A worker sends a report, or sends it again.</summary>
    public virtual void OnSent(SimWorker worker, WorkerReport report)
    {
    }

    /// <summary>The answer to a worker's report arrived; the core has not heard of it yet.</summary>
    public virtual void OnAnswered(SimWorker worker, WorkerReport report, ReportAnswer answer)
    {
    }

    /// <summary>A worker got a permit in time.</summary>
    public virtual void OnPermit(SimWorker worker, ProbePermit permit)
    {
    }

    /// <summary>A worker's probe ended.</summary>
    public virtual void OnSettled(SimWorker worker, ProbePermit permit)
    {
    }

    /// <summary>Something happened; asked for each authority that lives.</summary>
    public virtual void OnStep(SimAuthority authority)
    {
    }

    /// <summary>Asked again and again, a few times in a second.</summary>
    public virtual void OnLook()
    {
    }

    /// <summary>Some time after the last fault.</summary>
    public virtual void AtTheEnd(SimAuthority authority)
    {
    }

    /// <summary>Whether for that long every message arrived, every host ran, and the authority did not move.</summary>
    protected bool IsCalmFor(TimeSpan time) => cluster.IsWhole && world.Now - world.CalmSince > time;

    protected static string Show(BreakerSnapshot snapshot) =>
        $"{snapshot.State} {snapshot.Generation} r{snapshot.Revision} c{snapshot.CommandNumber}";

    protected void Fail(string promise, string what) => throw new ViolationException(promise, $"{what} (at {world.Now.TotalSeconds:0.000} s)");
}

/// <summary>What a report met when it arrived.</summary>
/// <param name="Found">The generation in force when its outcomes were judged.</param>
/// <param name="Stay">The stay in that generation.</param>
/// <param name="Counted">Whether its outcomes entered the totals: it was no repeat.</param>
/// <param name="Verdict">What became of its claim.</param>
internal readonly record struct Arrival(Generation Found, Stay Stay, bool Counted, OfferVerdict Verdict);
