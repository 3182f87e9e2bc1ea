using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <summary>C5, C7: a hub brings each worker what it lacks, and never goes back.</summary>
public sealed class HubCoreTests
{
    private static readonly Guid Incarnation = Guid.NewGuid();
    private static readonly SnapshotSealer Sealer = new(new byte[32]);
    private readonly TestClock _clock = new();
    private readonly HubCore _hub = new("hub-0", Incarnation);
    private readonly BreakerMachine _machine;

    public HubCoreTests() => _machine = new BreakerMachine("pgmq", BreakerPolicy.BuiltIn, Guid.NewGuid(), _clock.Now);

    [Fact]
    public void C5_a_first_registration_has_the_authority_called_and_its_answer_delivered()
    {
        var (session, ear) = Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(("pgmq", 1), (component, attachment.Workers));

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = Snapshot() }, _clock.Now);
        var delivered = Assert.Single(_hub.TakeEffects(_clock.Now).Deliveries);

        Assert.Same(ear, delivered.Observer);
        Assert.Equal("pgmq", Assert.Single(delivered.Updates).Component);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Deliveries);
        Assert.NotEqual(Guid.Empty, session);
    }

    [Fact]
    public void C5_a_lost_push_is_made_good_by_the_next_renewal()
    {
        var (session, _) = Register("pgmq");
        Attach();
        var known = _hub.Renew(Renewal(session, 0), _clock.Now).Sequence;
        Assert.Empty(_hub.Renew(Renewal(session, known), _clock.Now).Updates);

        Push(Open());
        _ = _hub.TakeEffects(_clock.Now);
        var answer = _hub.Renew(Renewal(session, known), _clock.Now);

        Assert.Equal(BreakerState.Open, Assert.Single(answer.Updates).Snapshot!.State);
        Assert.Empty(_hub.Renew(Renewal(session, answer.Sequence), _clock.Now).Updates);
    }

    [Fact]
    public void C5_a_renewal_brings_only_the_workers_own_breakers()
    {
        var (session, _) = Register("other");
        Register("pgmq");
        Attach();
        Push(Open());

        Assert.DoesNotContain(_hub.Renew(Renewal(session, 0), _clock.Now).Updates, update => update.Component == "pgmq");
    }

    [Fact]
    public void C5_a_hub_that_does_not_know_a_session_says_so()
    {
        Assert.False(_hub.Renew(Renewal(Guid.NewGuid(), 0), _clock.Now).Known);
        var (session, _) = Register("pgmq");
        Assert.False(_hub.Renew(Renewal(session, 0) with { HubIncarnation = Guid.NewGuid() }, _clock.Now).Known);
        Assert.True(_hub.Renew(Renewal(session, 0), _clock.Now).Known);
    }

    [Fact]
    public void C5_a_hub_never_goes_back_and_answers_an_older_push_with_what_it_has()
    {
        Register("pgmq");
        Attach();
        var old = Snapshot();
        Push(Open());

        var answer = _hub.Push(old, reset: false, _clock.Now);

        Assert.Equal(BreakerState.Open, answer.Offer!.State);
        Assert.Equal(1, answer.Workers);
    }

    [Fact]
    public void C7_told_to_let_go_it_takes_the_older_snapshot_as_it_is()
    {
        var (session, _) = Register("pgmq");
        Attach();
        var old = Snapshot();
        Push(Open());

        _hub.Push(old, reset: true, _clock.Now);

        Assert.Equal(BreakerState.Closed, Assert.Single(_hub.Renew(Renewal(session, 0), _clock.Now).Updates).Snapshot!.State);
    }

    [Fact]
    public void C10_the_time_that_remains_runs_on_in_the_hub()
    {
        Register("pgmq");
        Attach();
        Push(Open());
        _clock.Pass(12);

        var (session, _) = Register("pgmq");

        Assert.Equal(TimeSpan.FromSeconds(18), Assert.Single(_hub.Renew(Renewal(session, 0), _clock.Now).Updates).Snapshot!.Remaining);
    }

    [Fact]
    public void S4_an_authority_of_a_breaker_that_is_not_closed_is_called_every_renewal()
    {
        Register("pgmq");
        Attach();
        Push(Open());
        _ = _hub.TakeEffects(_clock.Now);

        for (var call = 0; call < 3; call++)
        {
            _clock.Pass(2);
            var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
            Assert.Equal(1, attachment.Claim.Generation.Number);
            _hub.AttachAnswered(component, attachment, new HubAttachAnswer(), _clock.Now);
            KeepAlive();
        }
    }

    [Fact]
    public void C7_an_authority_that_wants_the_snapshot_gets_it_with_the_next_call()
    {
        Register("pgmq");
        Attach();
        Push(Open());
        _clock.Pass(2);
        KeepAlive();
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Null(attachment.Claim.Offer);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Verdict = OfferVerdict.Wanted }, _clock.Now);
        var (_, second) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);

        Assert.Equal(BreakerState.Open, second.Claim.Offer!.State);
    }

    [Fact]
    public void C7_a_workers_offer_that_is_newer_is_passed_on()
    {
        var offer = Open();
        _hub.Register(
            new WorkerRegistration
            {
                Session = Guid.NewGuid(),
                Worker = "w",
                Observer = new Ear(),
                RenewalInterval = TimeSpan.FromSeconds(2),
                Breakers = [new RegisteredBreaker("pgmq", new BreakerClaim { Generation = offer.Generation, Offer = offer })],
            },
            _clock.Now);

        var (_, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);

        Assert.Equal(offer.Generation, attachment.Claim.Offer!.Generation);
    }

    [Fact]
    public void A_failed_call_is_repeated_with_growing_pauses()
    {
        Register("pgmq");
        List<double> pauses = [];
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
            _hub.AttachFailed(component, attachment, _clock.Now);
            var wake = _hub.TakeEffects(_clock.Now).NextWake!.Value;
            pauses.Add((wake - _clock.Now.Elapsed).TotalSeconds);
            _clock.PassTo(wake);
        }

        Assert.Equal([0.25, 0.5, 1, 2, 2], pauses);
    }

    [Fact]
    public void S19_a_refusal_reaches_the_worker_and_is_asked_about_again_later()
    {
        var (session, _) = Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") }, _clock.Now);

        Assert.Equal("full", Assert.Single(_hub.Renew(Renewal(session, 0), _clock.Now).Updates).Refusal!.Message);
        _clock.Pass(9);
        KeepAlive();
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
        _clock.Pass(1);
        Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void S19_a_bad_name_is_refused_at_once()
    {
        var answer = _hub.Register(
            new WorkerRegistration
            {
                Session = Guid.NewGuid(),
                Worker = "w",
                Observer = new Ear(),
                Breakers = [new RegisteredBreaker("a b", new BreakerClaim()), new RegisteredBreaker(null!, null!)],
            },
            _clock.Now);

        Assert.All(answer.Updates, update => Assert.Equal(RefusalKind.InvalidName, update.Refusal!.Kind));
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void A_worker_that_falls_silent_or_takes_leave_is_forgotten_and_its_authority_told()
    {
        var (leaving, _) = Register("pgmq");
        Register("pgmq");
        Attach();
        Assert.True(_hub.HasWorkers);

        _hub.Unregister(leaving, _clock.Now);
        _clock.Pass(0.5);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(1, attachment.Workers);
        _hub.AttachAnswered(component, attachment, new HubAttachAnswer(), _clock.Now);
        _clock.Pass(10);
        _ = _hub.TakeEffects(_clock.Now);
        _clock.Pass(0.5);

        Assert.False(_hub.HasWorkers);
        Assert.Equal(0, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Workers);
    }

    [Fact]
    public void C5_when_silos_change_each_authority_is_called_once_more_and_not_all_at_once()
    {
        Register("other");
        Register("pgmq");
        Attach();
        _clock.Pass(1);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);

        _hub.SilosChanged(_clock.Now);
        _clock.Pass(HubTimings.Recount.TotalSeconds);
        Assert.Equal("other", Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Component);
        _clock.Pass(HubTimings.Spacing.TotalSeconds);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal("pgmq", component);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer(), _clock.Now);
        _clock.Pass(5);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void C5_when_silos_change_while_an_authority_is_being_called_it_is_called_again()
    {
        Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);

        _hub.SilosChanged(_clock.Now);
        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = Snapshot() }, _clock.Now);
        _clock.Pass(HubTimings.Recount.TotalSeconds);

        Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void A_push_for_a_breaker_that_nobody_here_uses_says_that_there_are_no_workers() =>
        Assert.Equal(0, _hub.Push(Open(), reset: false, _clock.Now).Workers);

    private (Guid Session, Ear Ear) Register(string component)
    {
        var (session, ear) = (Guid.NewGuid(), new Ear());
        _sessions.Add((session, component));
        _hub.Register(
            new WorkerRegistration
            {
                Session = session,
                Worker = "w",
                Observer = ear,
                RenewalInterval = TimeSpan.FromSeconds(2),
                Breakers = [new RegisteredBreaker(component, new BreakerClaim { Revision = -1 })],
            },
            _clock.Now);
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
            [new GenerationTally { Generation = _machine.Generation, Tally = new OutcomeTally { Failures = 5, FirstRun = 5, LastRun = 5, LongestRun = 5 } }],
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
