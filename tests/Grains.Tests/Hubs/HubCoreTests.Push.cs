namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <content>Pushes of an authority.</content>
public sealed partial class HubCoreTests
{
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
    public void A_push_for_a_breaker_that_nobody_here_uses_says_that_there_are_no_workers() =>
        Assert.Equal(0, _hub.Push(Open(), reset: false, _clock.Now).Workers);

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
    public void C5_a_push_that_is_not_taken_is_answered_with_the_revision_that_is_here()
    {
        Register("pgmq");
        Attach();
        var higher = Snapshot() with { Revision = 7_000_000 };
        Push(higher);

        Assert.Equal(7_000_000, _hub.Push(higher with { Revision = 5_000_000 }, reset: false, _clock.Now).Revision);
        Assert.Equal(-1, _hub.Push(higher with { Revision = 8_000_000 }, reset: false, _clock.Now).Revision);
    }
}
