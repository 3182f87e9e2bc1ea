using System.Collections.Immutable;
using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.Grains.Hubs;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

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
    public void C5_a_hub_never_goes_back_and_answers_an_older_push_with_what_it_has()
    {
        Register("pgmq");
        Attach();
        var old = Snapshot();
        Push(Open());

        var answer = _hub.Push(old, reset: false, _clock.Now);

        Assert.Equal(BreakerState.Open, answer.Offer!.State);
        Assert.Equal((1, -1L), (answer.Workers, answer.Revision));
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

        // What such an authority says of the breaker is not taken before it has heard the hub, however new it looks.
        var itsOwn = Snapshot() with { State = BreakerState.Closed, Generation = new Generation(99, Guid.NewGuid()) };
        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Verdict = OfferVerdict.Wanted, Snapshot = itsOwn }, _clock.Now);
        var then = _hub.TakeEffects(_clock.Now);

        Assert.Empty(then.Deliveries);
        Assert.Equal(BreakerState.Open, Assert.Single(then.Attachments).Attachment.Claim.Offer!.State);
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
        Assert.Equal(2, _hub.Workers);

        _hub.Unregister(leaving, _clock.Now);
        _clock.Pass(0.5);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(1, attachment.Workers);
        _hub.AttachAnswered(component, attachment, new HubAttachAnswer(), _clock.Now);
        _clock.Pass(10);
        _ = _hub.TakeEffects(_clock.Now);
        _clock.Pass(0.5);

        Assert.Equal(0, _hub.Workers);
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
    public void C5_a_renewal_brings_what_changed_since_its_sequence_and_nothing_older()
    {
        var session = Guid.NewGuid();
        _hub.Register(Registration(session, "other", "pgmq"), _clock.Now);
        var calls = _hub.TakeEffects(_clock.Now).Attachments.ToDictionary(call => call.Component, call => call.Attachment);
        _hub.AttachAnswered("other", calls["other"], new HubAttachAnswer { Snapshot = Snapshot() with { Component = "other" } }, _clock.Now);
        var sequence = _hub.Renew(Renewal(session, 0), _clock.Now).Sequence;
        _hub.AttachAnswered("pgmq", calls["pgmq"], new HubAttachAnswer { Snapshot = Snapshot() }, _clock.Now);

        Assert.Equal("pgmq", Assert.Single(_hub.Renew(Renewal(session, sequence), _clock.Now).Updates).Component);
    }

    [Fact]
    public void C5_a_hub_that_does_not_know_a_session_says_which_incarnation_it_is() =>
        Assert.Equal(Incarnation, _hub.Renew(Renewal(Guid.NewGuid(), 0), _clock.Now).HubIncarnation);

    [Fact]
    public void C5_a_push_is_answered_with_the_number_of_workers_and_one_of_what_is_here_with_no_offer()
    {
        Register("pgmq");
        Attach();
        var open = Open();

        var taken = _hub.Push(open, reset: false, _clock.Now);
        var again = _hub.Push(open, reset: false, _clock.Now);

        Assert.Equal((1, null, 1, null), (taken.Workers, taken.Offer, again.Workers, again.Offer));
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
    public void C7_a_newer_offer_that_comes_while_the_authority_is_called_is_passed_on_at_once()
    {
        var forgotten = Snapshot();
        var offer = Open();
        Register("pgmq");
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        _hub.Register(Offering(offer), _clock.Now);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = forgotten }, _clock.Now);
        var passedOn = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment;
        Assert.Equal(offer.Generation, passedOn.Claim.Offer!.Generation);

        _hub.AttachAnswered(component, passedOn, new HubAttachAnswer { Snapshot = offer }, _clock.Now);
        _clock.Pass(2);
        Assert.Null(Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Claim.Offer);
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
    public void C5_a_hub_that_passes_on_what_a_worker_offers_claims_what_it_has_itself()
    {
        Register("pgmq");
        Attach();
        var own = Snapshot();
        _hub.Register(Offering(Open()), _clock.Now);

        var claim = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Claim;

        Assert.Equal((own.Generation, own.Revision, BreakerState.Open), (claim.Generation, claim.Revision, claim.Offer!.State));
    }

    [Fact]
    public void C7_an_older_offer_does_not_replace_a_newer_one()
    {
        var old = Open();
        _machine.Command(new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "r", Actor = "a" }, _clock.Now);
        var newer = Snapshot();
        _hub.Register(Offering(newer), _clock.Now);
        _hub.Register(Offering(old), _clock.Now);

        Assert.Equal(newer.Generation, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Claim.Offer!.Generation);
    }

    [Fact]
    public void C7_an_authority_that_has_forgotten_what_the_hub_has_is_offered_it_with_the_next_call()
    {
        Register("pgmq");
        Attach();
        var old = Snapshot();
        Push(Open());
        _clock.Pass(2);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = old }, _clock.Now);

        Assert.Equal(BreakerState.Open, Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment.Claim.Offer!.State);
    }

    [Theory]
    [InlineData(true, BreakerState.Closed)]
    [InlineData(false, BreakerState.Open)]
    public void C7_what_the_hub_offered_itself_is_let_go_when_it_is_refused_and_is_not_offered_twice(bool refused, BreakerState left)
    {
        var verdict = refused ? OfferVerdict.Refused : OfferVerdict.None;
        var (session, _) = Register("pgmq");
        Attach();
        var old = Snapshot();
        Push(Open());
        _clock.Pass(2);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Verdict = OfferVerdict.Wanted }, _clock.Now);
        attachment = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments).Attachment;
        Assert.NotNull(attachment.Claim.Offer);
        var sequence = _hub.Renew(Renewal(session, 0), _clock.Now).Sequence;

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = old, Verdict = verdict }, _clock.Now);

        Assert.Equal(left, Assert.Single(_hub.Renew(Renewal(session, 0), _clock.Now).Updates).Snapshot!.State);
        Assert.Equal(refused, _hub.Renew(Renewal(session, sequence), _clock.Now).Updates.Length == 1);
        Assert.Empty(_hub.TakeEffects(_clock.Now).Attachments);
    }

    [Fact]
    public void C7_a_workers_offer_that_is_refused_makes_the_hub_let_go_of_nothing()
    {
        var (session, _) = Register("pgmq");
        Attach();
        var old = Snapshot();
        Push(Open());
        var forged = Snapshot() with { Generation = new(9, Guid.NewGuid()) };
        _hub.Register(Offering(forged), _clock.Now);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Equal(9, attachment.Claim.Offer!.Generation.Number);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = old, Verdict = OfferVerdict.Refused }, _clock.Now);

        Assert.Equal(BreakerState.Open, Assert.Single(_hub.Renew(Renewal(session, 0), _clock.Now).Updates).Snapshot!.State);
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
    public void C5_a_push_that_is_not_taken_is_answered_with_the_revision_that_is_here()
    {
        Register("pgmq");
        Attach();
        var higher = Snapshot() with { Revision = 7_000_000 };
        Push(higher);

        Assert.Equal(7_000_000, _hub.Push(higher with { Revision = 5_000_000 }, reset: false, _clock.Now).Revision);
        Assert.Equal(-1, _hub.Push(higher with { Revision = 8_000_000 }, reset: false, _clock.Now).Revision);
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

    [Fact]
    public void C5_a_breaker_that_nobody_uses_any_more_is_forgotten_once_its_authority_knows()
    {
        var (session, _) = Register("pgmq");
        Attach();
        _hub.Unregister(session, _clock.Now);
        _clock.Pass(0.5);
        var (component, attachment) = Assert.Single(_hub.TakeEffects(_clock.Now).Attachments);
        Assert.Single(_hub.Register(Registration(session, "pgmq"), _clock.Now).Updates);
        _hub.Unregister(session, _clock.Now);

        _hub.AttachAnswered(component, attachment, new HubAttachAnswer { Snapshot = Open() }, _clock.Now);
        Assert.Null(_hub.TakeEffects(_clock.Now).NextWake);

        Assert.Empty(_hub.Register(Registration(session, "pgmq"), _clock.Now).Updates);
    }

    [Theory]
    [InlineData(2, 10)]
    [InlineData(10, 50)]
    [InlineData(3600, 300)]
    [InlineData(-1e9, 10)]
    public void A_worker_is_forgotten_when_it_has_missed_five_renewals_but_not_before_ten_seconds(double renewal, double memory)
    {
        _clock.Pass(5);
        _hub.Register(Registration(Guid.NewGuid()) with { RenewalInterval = TimeSpan.FromSeconds(renewal) }, _clock.Now);
        Assert.Equal(_clock.Now.Elapsed + TimeSpan.FromSeconds(memory), _hub.TakeEffects(_clock.Now).NextWake);

        _clock.Pass(memory - 0.01);
        _hub.Advance(_clock.Now);
        Assert.Equal(1, _hub.Workers);
        _clock.Pass(0.01);
        _hub.Advance(_clock.Now);
        Assert.Equal(0, _hub.Workers);
    }

    [Fact]
    public void Each_worker_is_forgotten_in_its_own_time_and_one_that_is_heard_of_is_not()
    {
        var (first, second, third) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        _clock.Pass(20);
        Register(first, renewal: 2);
        Register(second, renewal: 4);
        Register(third, renewal: 6);
        Pass(9.9);
        Assert.True(Renews(first));

        Pass(0.2);
        Assert.True(Renews(first));
        Pass(9.95);
        Assert.Equal((true, false), (Renews(first), Renews(second)));
        Pass(9.95);
        Assert.Equal((true, false), (Renews(first), Renews(third)));
        Pass(10);
        Assert.Equal(0, _hub.Workers);

        void Register(Guid session, double renewal) =>
            _hub.Register(Registration(session) with { RenewalInterval = TimeSpan.FromSeconds(renewal) }, _clock.Now);

        bool Renews(Guid session) => _hub.Renew(new WorkerRenewal { Session = session, HubIncarnation = Incarnation }, _clock.Now).Known;

        void Pass(double seconds)
        {
            _clock.Pass(seconds);
            _hub.Advance(_clock.Now);
        }
    }

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
