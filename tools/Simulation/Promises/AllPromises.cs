using TaskerCore.Orleans.Client.HotPath;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Simulation.Promises;

/// <summary>What must hold after every step, and at the end: every family of promises hears of everything that happens.</summary>
internal sealed class AllPromises
{
    /// <summary>How often the families look around.</summary>
    private static readonly TimeSpan Looks = TimeSpan.FromMilliseconds(50);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly IReadOnlyList<Promise> _families;
    private TimeSpan _nextLook;

    public AllPromises(World world, Cluster cluster)
    {
        (_world, _cluster) = (world, cluster);
        var said = new GenerationPromises(world, cluster);
        _families =
        [
            said,
            new MirrorPromises(world, cluster),
            new TripPromises(world, cluster),
            new OpenPromises(world, cluster, said),
            new HalfOpenPromises(world, cluster),
            new CommandPromises(world, cluster),
            new TellingPromises(world, cluster),
            new StoringPromises(world, cluster),
            new AttachmentPromises(world, cluster),
            new LocalPromises(world, cluster),
            new CountingPromises(world, cluster),
            new HoldPromises(world, cluster),
            new IsolationPromises(world, cluster),
            new AgreementPromises(world, cluster),
            new DirectoryPromises(world, cluster),
        ];
    }

    /// <summary>Kinds of transition that occurred, for the report on what a run reached.</summary>
    public HashSet<TransitionCause> Causes { get; } = [];

    /// <summary>An input was given to an authority: whether it has another generation is seen before anything else happens.</summary>
    public void OnAuthority(SimAuthority authority)
    {
        if (!authority.Core.IsCreated || authority.Stay?.Generation == authority.Core.Generation)
        {
            return;
        }

        var details = authority.Core.Details(authority.Host.Now);
        var stay = new Stay(details, details.Generation.Incarnation == authority.Incarnation, _world.Now, authority.Host.Now.Elapsed);
        authority.Enter(stay);
        Each(family => family.OnStay(authority, stay));
    }

    public void OnTransition(SimAuthority authority, BreakerTransition transition)
    {
        Causes.Add(transition.Cause);
        Each(family => family.OnTransition(authority, transition));
    }

    public void OnReport(SimAuthority authority, WorkerReport report, Arrival arrival) => Each(family => family.OnReport(authority, report, arrival));

    public void OnReturned(SimAuthority authority, Guid session, PermitProgress progress, IReadOnlyList<ProbeOutcome> probes) =>
        Each(family => family.OnReturned(authority, session, progress, probes));

    public void OnGranted(SimAuthority authority, PermitRequest request, ProbePermit permit) => Each(family => family.OnGranted(authority, request, permit));

    public void OnCommand(SimAuthority authority, OperatorCommand command, CommandStatus status) => Each(family => family.OnCommand(authority, command, status));

    public void OnAttached(SimAuthority authority, HubAttachment attachment, int workersBefore, int workersAfter) =>
        Each(family => family.OnAttached(authority, attachment, workersBefore, workersAfter));

    public void OnReadAfterCommand(BreakerState before, BreakerState after) => Each(family => family.OnReadAfterCommand(before, after));

    public void OnWriting(SimAuthority authority) => Each(family => family.OnWriting(authority));

    public void OnStored() => Each(family => family.OnStored());

    /// <summary>A directory was given an input, or may have been.</summary>
    public void OnDirectory(SimDirectory directory)
    {
        _cluster.NoteSettings(directory);
        Each(family => family.OnDirectory(directory));
    }

    public void OnOffered(SimDirectory directory, ConfigurationOffer offer, ConfigurationAnswer answer) =>
        Each(family => family.OnOffered(directory, offer, answer));

    public void OnDirectoryLearned(SimDirectory directory, StoredDirectory? row, IReadOnlyList<string> created) =>
        Each(family => family.OnDirectoryLearned(directory, row, created));

    public void OnMirror(SimWorker worker) => Each(family => family.OnMirror(worker));

    public void OnDecision(SimWorker worker, MirrorView view) => Each(family => family.OnDecision(worker, view));

    public void OnOutcome(SimWorker worker, Generation generation, bool local, OutcomeTally outcome) =>
        Each(family => family.OnOutcome(worker, generation, local, outcome));

    public void OnSent(SimWorker worker, WorkerReport report) => Each(family => family.OnSent(worker, report));

    public void OnAnswered(SimWorker worker, WorkerReport report, ReportAnswer answer) => Each(family => family.OnAnswered(worker, report, answer));

    public void OnPermit(SimWorker worker, ProbePermit permit) => Each(family => family.OnPermit(worker, permit));

    public void OnSettled(SimWorker worker, ProbePermit permit) => Each(family => family.OnSettled(worker, permit));

    /// <summary>Something happened.</summary>
    public void OnStep()
    {
        foreach (var authority in _cluster.LivingAuthorities)
        {
            OnAuthority(authority);
            Each(family => family.OnStep(authority));
        }

        if (_world.Now >= _nextLook)
        {
            _nextLook = _world.Now + Looks;
            Each(family => family.OnLook());
        }
    }

    public void AtTheEnd()
    {
        if (_cluster.LivingAuthorities.ToList() is not [var authority])
        {
            throw new ViolationException("Agreement", "there is not one authority");
        }

        Each(family => family.AtTheEnd(authority));
    }

    private void Each(Action<Promise> tell)
    {
        foreach (var family in _families)
        {
            tell(family);
        }
    }
}
