using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <summary>C5, C7: a hub brings each worker what it lacks, and never goes back.</summary>
public sealed partial class HubCoreTests
{
    private static readonly Guid Incarnation = Guid.NewGuid();
    private static readonly SnapshotSealer Sealer = new(new byte[32]);
    private readonly TestClock _clock = new();
    private readonly HubCore _hub = new("hub-0", Incarnation);
    private readonly BreakerMachine _machine;

    public HubCoreTests() => _machine = new BreakerMachine("pgmq", BreakerPolicy.BuiltIn, Guid.NewGuid(), _clock.Now);

    [Fact]
    public void The_next_wake_is_the_first_of_what_is_to_come()
    {
        Assert.Null(_hub.TakeEffects(_clock.Now).NextWake);
        Register("pgmq");
        Attach();
        _clock.Pass(1);
        Register("pgmq");
        Assert.Equal(TimeSpan.FromSeconds(1.5), _hub.TakeEffects(_clock.Now).NextWake);
        _clock.Pass(0.5);
        Attach();

        Assert.Equal(TimeSpan.FromSeconds(10), _hub.TakeEffects(_clock.Now).NextWake);
    }

    /// <summary>Has every authority called that is due, and answer; which they were.</summary>
    private HashSet<string> CallAll()
    {
        HashSet<string> called = [];
        var snapshot = Snapshot();
        while (_hub.TakeEffects(_clock.Now).Attachments is { Count: > 0 } attachments)
        {
            foreach (var (component, attachment) in attachments)
            {
                called.Add(component);
                _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = snapshot with { Component = component } }, _clock.Now);
            }
        }

        return called;
    }

    private static WorkerRegistration Registration(Guid session, params string[] components) => new()
    {
        Session = session,
        Worker = "w",
        Observer = new Ear(),
        RenewalInterval = TimeSpan.FromSeconds(2),
        Breakers = [.. components.Select(component => new RegisteredBreaker(component, new BreakerClaim { Revision = -1 }))],
    };

    private static WorkerRegistration Offering(BreakerSnapshot offer) => Registration(Guid.NewGuid()) with
    {
        Breakers = [new RegisteredBreaker(offer.Component, new BreakerClaim { Generation = offer.Generation, Offer = offer })],
    };

    private (Guid Session, Ear Ear) Register(string component)
    {
        var (session, ear) = (Guid.NewGuid(), new Ear());
        _sessions.Add((session, component));
        _hub.Register(Registration(session, component) with { Observer = ear }, _clock.Now);
        return (session, ear);
    }

    private readonly List<(Guid Session, string Component)> _sessions = [];

    private void KeepAlive() => _sessions.ForEach(session => _hub.Renew(Renewal(session.Session, long.MaxValue), _clock.Now));

    private void Attach()
    {
        foreach (var (component, attachment) in _hub.TakeEffects(_clock.Now).Attachments)
        {
            _hub.AttachAnswered(component, attachment, component == "pgmq" ? new HubAttachAnswer { Snapshot = Snapshot() } : new HubAttachAnswer(), _clock.Now);
        }
    }

    private void Push(BreakerSnapshot snapshot) => Assert.Null(_hub.Push(snapshot, reset: false, _clock.Now).Offer);

    private BreakerSnapshot Snapshot() => Sealer.Seal(_machine.Snapshot(_clock.Now));

    private BreakerSnapshot Open()
    {
        _machine.Report(
            new Reporter(Guid.NewGuid(), "w"),
            [new GenerationTally { Generation = _machine.Generation, Tally = new OutcomeTally { Counts = new() { Failures = 5 }, FirstRun = 5, LastRun = 5, LongestRun = 5 } }],
            [],
            _clock.Now);
        return Snapshot();
    }

    private static WorkerRenewal Renewal(Guid session, long sequence) => new() { Session = session, HubIncarnation = Incarnation, Sequence = sequence };

    private sealed class Ear : IWorkerObserver
    {
        public ValueTask OnUpdatesAsync(ImmutableArray<BreakerUpdate> updates) => ValueTask.CompletedTask;
    }
}
