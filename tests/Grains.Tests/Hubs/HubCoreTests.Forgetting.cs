using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Grains.Tests.Hubs;

/// <content>Workers and breakers that are forgotten.</content>
public sealed partial class HubCoreTests
{
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
}
