using System.Collections.Immutable;
using Orleans.Serialization;
using Orleans.Storage;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Rehearsal;

/// <summary>Plays a breaker's life once, in memory, before a silo serves: a circuit opens perhaps once a month, and the one that does
/// is not to wait while the runtime compiles the code for it.</summary>
internal sealed class SiloRehearsal(SnapshotSealer sealer, Serializer wire, IGrainStorageSerializer storage)
{
    private const string Component = "rehearsal";
    private static readonly BreakerPolicy Policy = new()
    {
        Settings = new BreakerSettings { FailureThreshold = 2, SuccessThreshold = 1, OpenDuration = TimeSpan.FromSeconds(1) },
        MinTransitionInterval = TimeSpan.Zero,
    };

    private readonly Guid _session = Guid.NewGuid();
    private readonly AuthorityCore _authority = new(Component, Guid.NewGuid(), sealer, default);
    private readonly HubCore _hub = new(GrainKeys.Hub(0), Guid.NewGuid());
    private TimeSpan _elapsed;
    private long _reports;
    private StoredBreaker? _stored;
    private BreakerSnapshot _known = BreakerSnapshot.Initial(Component, Policy);

    private Moment Now => new(_elapsed, DateTimeOffset.UnixEpoch + _elapsed);

    /// <summary>Closed, open, half-open, closed, forced, released; each message through the wire's serializer, each row through the
    /// store's; and at last another activation goes on from the row.</summary>
    /// <returns>The transitions that were made, as the last activation knows them.</returns>
    public ImmutableArray<BreakerTransition> Play()
    {
        _authority.ReadSucceeded(null, Now);
        _authority.Admitted(Policy, Now);
        _hub.Register(
            new WorkerRegistration
            {
                Session = _session,
                Worker = Component,
                Observer = null!,
                Breakers = [new RegisteredBreaker(Component, Through(new BreakerClaim { Revision = -1 }))],
                RenewalInterval = TimeSpan.FromSeconds(2),
            },
            Now);
        Exchange();
        Report(OutcomeTally.Success);
        Report(OutcomeTally.Failure);
        Report(OutcomeTally.Failure);
        _elapsed += Policy.Settings.OpenDuration;
        Exchange();
        var request = new PermitRequest { Session = _session, Worker = Component, Number = 1, Claim = Claim() };
        var answer = Through(_authority.RequestPermit(Through(request), Now));
        if (answer.Permit is { } permit)
        {
            Report(OutcomeTally.Empty, new ProbeOutcome { PermitId = permit.Id, Generation = permit.Generation, Result = ProbeResult.Success });
        }

        Command(CommandKind.ForceOpen, TimeSpan.FromHours(1));
        Command(CommandKind.Release, null);
        Through(_authority.Details(Now));
        return Through(TakeOver().History);
    }

    private BreakerClaim Claim() => new() { Generation = _known.Generation, Revision = _known.Revision, Offer = _known };

    private void Report(OutcomeTally tally, params ProbeOutcome[] probes)
    {
        var report = new WorkerReport
        {
            Session = _session,
            Worker = Component,
            Number = ++_reports,
            Tallies = [new GenerationTally { Generation = _known.Generation, Tally = tally }],
            Probes = [.. probes],
            Claim = Claim(),
        };
        Through(_authority.Report(Through(report), Now));
        Exchange();
    }

    private void Command(CommandKind kind, TimeSpan? ttl)
    {
        var command = new OperatorCommand { Kind = kind, Reason = Component, Actor = Component, Ttl = ttl };
        var status = _authority.Command(Through(command), Now);
        Through(new CommandAnswer { Status = status, Breaker = _authority.Details(Now) });
        Exchange();
    }

    private AuthorityCore TakeOver()
    {
        var next = new AuthorityCore(Component, Guid.NewGuid(), sealer, Now);
        next.ReadSucceeded(_stored, Now);
        next.TakeEffects(Now);
        return next;
    }

    /// <summary>Carries out what authority and hub want done.</summary>
    private void Exchange()
    {
        var effects = _authority.TakeEffects(Now);
        foreach (var target in effects.Pushes)
        {
            var answer = _hub.Push(Through(effects.Snapshot!), target.Reset, Now);
            _authority.PushAnswered(target, effects.Snapshot!, Through(answer), Now);
        }

        if (effects.Write is { } row)
        {
            _stored = storage.Deserialize<StoredBreaker>(storage.Serialize(row));
            _authority.WriteSucceeded(Now);
        }

        var news = _hub.TakeEffects(Now);
        foreach (var (_, attachment) in news.Attachments)
        {
            _hub.AttachAnswered(Component, attachment, Through(_authority.Attach(Through(attachment), Now)), Now);
        }

        foreach (var (_, updates) in _hub.TakeEffects(Now).Deliveries.Concat(news.Deliveries))
        {
            _known = Through(updates)[^1].Snapshot ?? _known;
        }
    }

    private T Through<T>(T message) => wire.Deserialize<T>(wire.SerializeToArray(message))!;
}
