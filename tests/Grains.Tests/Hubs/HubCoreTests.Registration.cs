using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <content>Registrations, and what they are refused for.</content>
public sealed partial class HubCoreTests
{
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
    public void C5_a_hub_that_has_forgotten_a_worker_does_not_take_a_part_of_its_breakers_for_all()
    {
        var (session, _) = Register("pgmq");
        Assert.True(_hub.Register(Registration(session, "other") with { AddsTo = Incarnation }, _clock.Now).Known);
        _clock.Pass(10);
        _ = _hub.TakeEffects(_clock.Now);

        var answer = _hub.Register(Registration(session, "more") with { AddsTo = Incarnation }, _clock.Now);

        Assert.Equal((false, Incarnation), (answer.Known, answer.HubIncarnation));
        Assert.Equal(0, _hub.Workers);
        Assert.True(_hub.Register(Registration(session, "more"), _clock.Now).Known);
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
    public void C5_a_registration_is_answered_with_what_the_hub_has_already()
    {
        Register("pgmq");
        Attach();
        Push(Open());

        var answer = _hub.Register(Registration(Guid.NewGuid(), "pgmq"), _clock.Now);

        Assert.Equal(BreakerState.Open, Assert.Single(answer.Updates).Snapshot!.State);
        Assert.Empty(_hub.Register(Registration(Guid.NewGuid()) with { Breakers = default }, _clock.Now).Updates);
    }

    [Fact]
    public void S19_a_bad_name_is_refused_by_its_name()
    {
        var answer = _hub.Register(Registration(Guid.NewGuid(), "a b", null!), _clock.Now);

        Assert.Equal(["a b", ""], answer.Updates.Select(update => update.Component));
    }

    [Fact]
    public void One_session_uses_at_most_ten_thousand_breakers_however_it_says_so()
    {
        var (atOnce, byAndBy) = (Guid.NewGuid(), Guid.NewGuid());
        _hub.Register(Registration(atOnce, [.. Enumerable.Range(0, 10_001).Select(number => $"c{number}")]), _clock.Now);
        _hub.Register(Registration(byAndBy, [.. Enumerable.Range(0, 9_999).Select(number => $"c{number}")]), _clock.Now);
        _hub.Register(Registration(byAndBy, "d0"), _clock.Now);
        _hub.Register(Registration(byAndBy, "d1"), _clock.Now);

        Assert.Equal([.. Enumerable.Range(0, 10_000).Select(number => $"c{number}"), "d0"], CallAll());
    }

    [Fact]
    public void A_hub_has_at_most_a_hundred_thousand_breakers_and_more_workers_may_use_those()
    {
        for (var session = 0; session < 10; session++)
        {
            _hub.Register(Registration(Guid.NewGuid(), [.. Enumerable.Range(0, 10_000).Select(number => $"c{session}-{number}")]), _clock.Now);
        }

        _hub.Register(Registration(Guid.NewGuid(), "more"), _clock.Now);
        Assert.Equal(100_000, CallAll().Count);

        _hub.Register(Registration(Guid.NewGuid(), "c0-0"), _clock.Now);
        _clock.Pass(0.5);
        Assert.Equal(2, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Workers);
    }
}
