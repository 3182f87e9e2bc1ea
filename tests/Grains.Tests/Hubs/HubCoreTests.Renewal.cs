using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <content>Renewals, and what they bring.</content>
public sealed partial class HubCoreTests
{
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
}
