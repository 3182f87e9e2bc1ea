using System.Collections.Immutable;
using CsCheck;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <summary>A worker that lies to its hub hurts nobody else: the hub's own word stands, and honest workers get it.</summary>
public sealed class HubCoreHostileTests
{
    private static readonly SnapshotSealer Sealer = new(new byte[32]);
    private static readonly BreakerPolicy Policy = new()
    {
        Settings = new BreakerSettings { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(10) }, MinTransitionInterval = TimeSpan.Zero,
    };

    private readonly TestClock _clock = new();

    [Fact]
    public void Whatever_is_said_honest_workers_learn_what_their_authority_decides() =>
        Gen.ULong.Array[1, 40].ForAll(500, steps => new Run().Play(steps), shrinks: 200);

    [Fact]
    public void C10_an_absurd_claim_is_told_to_the_authority_once_and_does_not_block_its_calls()
    {
        var hub = new HubCore(GrainKeys.Hub(0), Guid.NewGuid());
        var dead = MakeAuthority();
        Fail(dead);
        var genuine = Snapshot(dead);
        var authority = MakeAuthority();
        _clock.Pass(1);
        var claim = new BreakerClaim { Generation = genuine.Generation, Revision = long.MaxValue, Remaining = TimeSpan.MaxValue, Offer = genuine with { Revision = long.MaxValue } };
        hub.Register(Registration(Guid.NewGuid(), new RegisteredBreaker("pgmq", claim)), _clock.Now);

        var (component, attachment) = Assert.Single(hub.TakeEffects(_clock.Now).Attachments);
        hub.AttachAnswered(component, attachment, authority.Attach(attachment, _clock.Now), _clock.Now);

        Assert.Empty(hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(genuine.Generation, authority.Generation);
    }

    [Fact]
    public void C7_a_forged_offer_does_not_make_the_hub_let_go_of_what_it_has()
    {
        var hub = new HubCore(GrainKeys.Hub(0), Guid.NewGuid());
        var dead = MakeAuthority();
        hub.Register(Registration(Guid.NewGuid(), new RegisteredBreaker("pgmq", new BreakerClaim { Revision = -1 })), _clock.Now);
        Attach(hub, dead);
        Fail(dead);
        var open = Snapshot(dead);
        hub.Push(open, reset: false, _clock.Now);

        // The authority dies with the store down; a forged copy of what the hub has is refused by the one that is born.
        hub.Register(
            Registration(Guid.NewGuid(), new RegisteredBreaker("pgmq", new BreakerClaim { Generation = open.Generation, Offer = open with { Revision = open.Revision + 1, CommandNumber = 7 } })),
            _clock.Now);
        var born = MakeAuthority();
        for (var call = 0; call < 3; call++)
        {
            Attach(hub, born);
        }

        Assert.Equal((BreakerState.Open, open.Generation), (born.Details(_clock.Now).State, born.Details(_clock.Now).Generation));
    }

    [Fact]
    public void A_flood_of_made_up_sessions_is_bounded_and_a_worker_that_renews_stays()
    {
        var incarnation = Guid.NewGuid();
        var hub = new HubCore(GrainKeys.Hub(0), incarnation);
        var honest = Guid.NewGuid();
        hub.Register(Registration(honest, new RegisteredBreaker("pgmq", new BreakerClaim())), _clock.Now);
        for (var flood = 0; flood < HubCore.MaxSessions + 2000; flood++)
        {
            if (flood % 1000 == 0)
            {
                _clock.Pass(0.1);
                Assert.True(hub.Renew(new WorkerRenewal { Session = honest, HubIncarnation = incarnation }, _clock.Now).Known);
            }

            hub.Register(Registration(Guid.NewGuid(), new RegisteredBreaker("pgmq", new BreakerClaim())), _clock.Now);
        }

        Assert.Equal(HubCore.MaxSessions, hub.TakeEffects(_clock.Now).Attachments[0].Attachment.Workers);
    }

    [Fact]
    public void S19_absurd_names_are_refused_in_short()
    {
        var hub = new HubCore(GrainKeys.Hub(0), Guid.NewGuid());
        var absurd = new RegisteredBreaker(new string('x', 10_000_000), null!);

        var answer = hub.Register(Registration(Guid.NewGuid(), [.. Enumerable.Repeat(absurd, 100_000)]), _clock.Now);

        Assert.InRange(answer.Updates.Sum(update => update.Component.Length + update.Refusal!.Message.Length), 1, 5_000_000);
    }

    [Fact]
    public void S19_a_nothing_among_the_names_does_not_lose_those_after_it()
    {
        var hub = new HubCore(GrainKeys.Hub(0), Guid.NewGuid());

        hub.Register(Registration(Guid.NewGuid(), null!, new RegisteredBreaker("pgmq", null!)), _clock.Now);

        Assert.Equal("pgmq", Assert.Single(hub.TakeEffects(_clock.Now).Attachments).Component);
    }

    [Fact]
    public void A_push_of_nothing_whole_is_refused()
    {
        var hub = new HubCore(GrainKeys.Hub(0), Guid.NewGuid());
        var genuine = Snapshot(MakeAuthority());
        hub.Register(Registration(Guid.NewGuid(), new RegisteredBreaker("pgmq", null!)), _clock.Now);
        BreakerSnapshot?[] broken = [null, genuine with { Component = null! }, genuine with { Policy = null! }, genuine with { Lineage = null! }, genuine with { State = (BreakerState)99 }, genuine with { Seal = default }];

        Assert.All(broken, snapshot => Assert.ThrowsAny<ArgumentException>(() => hub.Push(snapshot!, reset: true, _clock.Now)));
        Assert.Empty(hub.TakeEffects(_clock.Now).Deliveries);
    }

    private static WorkerRegistration Registration(Guid session, params RegisteredBreaker[] breakers) =>
        new() { Session = session, Worker = "w", Observer = new Ear(), RenewalInterval = TimeSpan.FromSeconds(2), Breakers = [.. breakers] };

    private AuthorityCore MakeAuthority() => MakeAuthority(_clock);

    private static AuthorityCore MakeAuthority(TestClock clock)
    {
        var core = new AuthorityCore("pgmq", Guid.NewGuid(), Sealer, clock.Now);
        core.Admitted(Policy, clock.Now);
        return core;
    }

    private void Attach(HubCore hub, AuthorityCore authority)
    {
        foreach (var (component, attachment) in hub.TakeEffects(_clock.Now).Attachments)
        {
            hub.AttachAnswered(component, attachment, authority.Attach(attachment, _clock.Now), _clock.Now);
        }

        _clock.Pass(2);
    }

    private void Fail(AuthorityCore authority) => authority.Report(
        new WorkerReport
        {
            Session = Guid.NewGuid(),
            Worker = "w",
            Number = 1,
            Tallies = [new GenerationTally { Generation = authority.Generation, Tally = OutcomeTally.Failure }],
            Claim = new BreakerClaim { Generation = authority.Generation },
        },
        _clock.Now);

    private BreakerSnapshot Snapshot(AuthorityCore authority) =>
        authority.Attach(new HubAttachment { Hub = GrainKeys.Hub(1), Claim = new BreakerClaim { Generation = authority.Generation, Revision = -1 } }, _clock.Now).Snapshot!;

    private sealed class Ear : IWorkerObserver
    {
        public ValueTask OnUpdatesAsync(ImmutableArray<BreakerUpdate> updates) => ValueTask.CompletedTask;
    }

    /// <summary>One sequence of hostile inputs to a hub whose authority and one worker are honest.</summary>
    private sealed class Run
    {
        private readonly TestClock _clock = new();
        private readonly Guid _incarnation = Guid.NewGuid();
        private readonly HubCore _hub;
        private readonly Guid _honest = Guid.NewGuid();
        private AuthorityCore _authority;
        private long _sequence;
        private BreakerSnapshot? _learned;

        public Run()
        {
            _hub = new HubCore(GrainKeys.Hub(0), _incarnation);
            _authority = MakeAuthority(_clock);
            Register();
        }

        public void Play(ulong[] steps)
        {
            foreach (var step in steps)
            {
                Do(new Hostile(step));
                Exchange();
                Assert.InRange(_hub.Workers, 1, int.MaxValue);
            }

            for (var round = 0; round < 5; round++)
            {
                _clock.Pass(2);
                Renew();
                Exchange();
                Exchange();
            }

            Renew();
            var decided = _authority.Details(_clock.Now);
            Assert.Equal((decided.Generation, decided.State), (_learned!.Generation, _learned.State));
        }

        private void Do(Hostile draw)
        {
            var known = _learned ?? BreakerSnapshot.Initial("pgmq", Policy);
            var session = draw.Id();
            switch (draw.Below(10))
            {
                case 0 or 1 or 2 or 3:
                    Refusable(() => _hub.Register(
                        new WorkerRegistration
                        {
                            Session = session,
                            Worker = draw.Text()!,
                            Observer = draw.Chance(2) ? null! : new Ear(),
                            RenewalInterval = draw.Span(),
                            Breakers = draw.Chance(8) ? default : [.. Enumerable.Range(0, draw.Below(4)).Select(_ => draw.Chance(8) ? null! : new RegisteredBreaker(draw.Chance(2) ? "pgmq" : draw.Text()!, draw.Claim(known)!))],
                        },
                        _clock.Now));
                    break;
                case 4:
                    Refusable(() => _hub.Renew(new WorkerRenewal { Session = session, HubIncarnation = draw.Chance(2) ? _incarnation : draw.Id(), Sequence = draw.Long() }, _clock.Now));
                    break;
                case 5:
                    _hub.Unregister(session, _clock.Now);
                    break;
                case 6:
                    Refusable(() => _hub.Register(null!, _clock.Now));
                    Refusable(() => _hub.Renew(null!, _clock.Now));
                    Refusable(() => _hub.Push(null!, draw.Chance(2), _clock.Now));
                    break;
                case 7:
                    _clock.Pass(draw.Below(4));
                    Renew();
                    break;
                case 8:
                    _authority.Command(
                        new OperatorCommand { Kind = draw.Chance(2) ? CommandKind.ForceOpen : CommandKind.Release, Reason = "r", Actor = "a" }, _clock.Now);
                    break;
                default:
                    if (draw.Chance(4))
                    {
                        // It dies, and nothing was stored.
                        _authority = MakeAuthority(_clock);
                    }

                    break;
            }
        }

        private void Exchange()
        {
            _authority.Advance(_clock.Now);
            var effects = _authority.TakeEffects(_clock.Now);
            foreach (var target in effects.Pushes)
            {
                var answer = target.Hub == GrainKeys.Hub(0) ? _hub.Push(effects.Snapshot!, target.Reset, _clock.Now) : new HubPushAnswer();
                _authority.PushAnswered(target, effects.Snapshot!, answer, _clock.Now);
            }

            var news = _hub.TakeEffects(_clock.Now);
            foreach (var (component, attachment) in news.Attachments)
            {
                // Others than pgmq exist only by name.
                _hub.AttachAnswered(
                    component,
                    attachment,
                    component == "pgmq"
                        ? _authority.Attach(attachment, _clock.Now)
                        : new HubAttachAnswer { Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") },
                    _clock.Now);
            }
        }

        private void Renew()
        {
            var answer = _hub.Renew(new WorkerRenewal { Session = _honest, HubIncarnation = _incarnation, Sequence = _sequence }, _clock.Now);
            if (!answer.Known)
            {
                answer = Register();
            }

            Learn(answer);
        }

        private RenewalAnswer Register() => _hub.Register(
            Registration(_honest, new RegisteredBreaker("pgmq", new BreakerClaim { Generation = _learned?.Generation ?? default, Revision = _learned?.Revision ?? -1 })),
            _clock.Now);

        private void Learn(RenewalAnswer answer)
        {
            _sequence = answer.Sequence;
            foreach (var update in answer.Updates.Where(update => update.Component == "pgmq"))
            {
                Assert.Null(update.Refusal);
                var snapshot = update.Snapshot!;
                Assert.True(snapshot.Generation == Generation.Initial || Sealer.IsValid(snapshot), "what no authority issued was handed on");
                _learned = snapshot;
            }
        }

        private static void Refusable(Action say)
        {
            try
            {
                say();
            }
            catch (ArgumentException)
            {
            }
        }
    }
}
