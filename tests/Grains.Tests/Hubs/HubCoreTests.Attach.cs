using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <content>When an authority is called, and what it is told.</content>
public sealed partial class HubCoreTests
{
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
    public void C5_while_an_authority_is_being_called_it_is_not_called_again()
    {
        Register("pgmq");
        Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);

        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void C5_a_call_says_what_the_hub_has_and_what_remains_of_it()
    {
        _clock.Pass(20);
        Register("pgmq");
        var first = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment;
        Assert.Equal((Generation.Initial, -1L, null), (first.Claim.Generation, first.Claim.Revision, first.Claim.Remaining));
        var open = Open() with { Revision = 6 };
        _hub.AttachAnswered("pgmq", first, new HubAttachAnswer { Snapshot = open }, _clock.Now);
        _clock.Pass(2);

        var second = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment;

        Assert.Equal((open.Generation, 6L, TimeSpan.FromSeconds(28), "hub-0"), (second.Claim.Generation, second.Claim.Revision, second.Claim.Remaining, second.Hub));
    }

    [Fact]
    public void C10_only_of_an_open_breaker_the_hub_says_what_remains_and_never_less_than_nothing()
    {
        Register("pgmq");
        Attach();
        Push(Open());
        _clock.Pass(40);
        Assert.Equal(TimeSpan.Zero, Assert.Single(_hub.Register(Registration(Guid.NewGuid(), "pgmq"), _clock.Now).Updates).Snapshot!.Remaining);
        Push(Open() with { State = BreakerState.ForcedOpen, Generation = new(2, Guid.NewGuid()), Remaining = TimeSpan.FromSeconds(60) });
        _clock.Pass(2);

        Assert.Null(Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Claim.Remaining);
    }

    [Fact]
    public void C5_each_attachment_of_a_hub_has_a_higher_number()
    {
        Register("pgmq");
        var (component, first) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        _hub.AttachFailed(component, first, _clock.Now);
        _clock.Pass(1);

        var second = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment;

        Assert.Equal((first.Incarnation, 1L, 2L), (second.Incarnation, first.Number, second.Number));
        Assert.NotEqual(Guid.Empty, first.Incarnation);
    }

    [Fact]
    public void S19_a_refusal_that_was_told_is_not_told_again()
    {
        var refused = new HubAttachAnswer { Refusal = new BreakerRefusal(RefusalKind.LimitReached, "full") };
        Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        _hub.AttachAnswered(component, attachment, refused, _clock.Now);
        Assert.Single(_hub.TakeEffects(_clock.Now).Deliveries);

        _hub.AttachAnswered(component, attachment, refused, _clock.Now);

        Assert.Empty(_hub.TakeEffects(_clock.Now).Deliveries);
    }

    [Fact]
    public void C5_of_many_authorities_only_some_are_called_at_once_and_the_next_when_one_has_answered_or_failed()
    {
        _hub.Register(Registration(Guid.NewGuid(), [.. Enumerable.Range(0, AttachQueue.MaxUnderWay + 3).Select(number => $"c{number:000}")]), _clock.Now);
        var first = _hub.TakeEffects(_clock.Now);
        Assert.Equal(Enumerable.Range(0, AttachQueue.MaxUnderWay).Select(number => $"c{number:000}"), first.Attachments.Select(call => call.Component));
        Assert.Equal(TimeSpan.FromSeconds(10), first.NextWake);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);

        _hub.AttachFailed("c005", first.Attachments[5].Attachment, _clock.Now);
        Assert.Equal("c128", Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Component);
        _hub.AttachAnswered("c007", first.Attachments[7].Attachment, new HubAttachAnswer { Snapshot = Snapshot() with { Component = "c007" } }, _clock.Now);
        Assert.Equal("c129", Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Component);
        _hub.AttachAnswered("c008", first.Attachments[8].Attachment, new HubAttachAnswer { Snapshot = Snapshot() with { Component = "c008" } }, _clock.Now);
        _hub.AttachAnswered("c009", first.Attachments[9].Attachment, new HubAttachAnswer { Snapshot = Snapshot() with { Component = "c009" } }, _clock.Now);

        // One slot is left for the one that failed, once its pause is over.
        Assert.Equal("c130", Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Component);
        _clock.Pass(0.25);
        Assert.Equal("c005", Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Component);
    }

    [Fact]
    public void C5_an_authority_is_told_soon_of_another_worker_and_not_of_one_that_registers_again()
    {
        var (session, _) = Register("pgmq");
        Attach();
        _hub.Register(Registration(session, "pgmq"), _clock.Now);
        _clock.Pass(0.5);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);

        Register("pgmq");
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
        _clock.Pass(0.5);

        Assert.Equal(2, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Workers);
    }

    [Fact]
    public void C5_of_a_worker_that_came_while_the_authority_was_called_it_is_told_soon()
    {
        Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Register("pgmq");
        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = Snapshot() }, _clock.Now);

        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(_clock.Now.Elapsed + TimeSpan.FromSeconds(0.5), _hub.TakeEffects(_clock.Now).NextWake);
    }

    [Fact]
    public void C5_another_worker_does_not_put_off_a_call_that_is_due_sooner()
    {
        Register("pgmq");
        Attach();
        Push(Open());
        _clock.Pass(1.9);
        Register("pgmq");
        _clock.Pass(0.1);

        Assert.Equal(2, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Workers);
    }

    [Fact]
    public void C5_another_worker_of_a_breaker_of_which_nothing_is_known_has_its_authority_called_at_once()
    {
        Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        _hub.AttachFailed(component, attachment, _clock.Now);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);

        Register("pgmq");

        Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void C5_an_authority_whose_answer_was_lost_is_told_when_the_last_worker_has_left()
    {
        var (session, _) = Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        _hub.Unregister(session, _clock.Now);
        _hub.AttachFailed(component, attachment, _clock.Now);
        _clock.Pass(0.25);

        Assert.Equal(0, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Workers);
    }

    [Fact]
    public void C5_a_call_that_failed_may_still_arrive_and_is_followed_by_a_newer_one_whatever_is_pushed_meanwhile()
    {
        var (session, _) = Register("pgmq");
        Attach();
        _hub.Unregister(session, _clock.Now);
        _clock.Pass(0.5);
        var (component, nobody) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(0, nobody.Workers);
        Register("pgmq");

        _hub.AttachFailed(component, nobody, _clock.Now);
        _clock.Pass(0.2);
        Push(Open());
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
        _clock.Pass(0.05);

        Assert.Equal(1, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Workers);
    }
}
