using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <content>Which snapshots are offered to the authority, and which are let go.</content>
public sealed partial class HubCoreTests
{
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
}
