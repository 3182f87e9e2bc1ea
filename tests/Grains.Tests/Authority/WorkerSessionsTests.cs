using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>C4: what is remembered of each worker's session.</summary>
public sealed class WorkerSessionsTests
{
    private readonly Guid _session = Guid.NewGuid();
    private readonly TestClock _clock = new();
    private readonly WorkerSessions _sessions = new();

    [Fact]
    public void C4_a_session_is_stored_when_it_has_reported_or_asked()
    {
        _sessions.GetOrAdd(Guid.NewGuid(), _clock.Now);
        _sessions.GetOrAdd(_session, _clock.Now).LastReport = 3;
        Assert.Equal(new StoredSession { Id = _session, Report = 3 }, Assert.Single(_sessions.Capture()));

        _sessions.GetOrAdd(_session, _clock.Now).LastReport = 0;
        _sessions.GetOrAdd(_session, _clock.Now).LastPermit = 2;
        Assert.Equal(new StoredSession { Id = _session, Permit = 2 }, Assert.Single(_sessions.Capture()));
    }

    [Fact]
    public void C4_of_what_two_activations_counted_the_higher_number_stands()
    {
        var entry = _sessions.GetOrAdd(_session, _clock.Now);
        (entry.LastReport, entry.LastPermit) = (3, 8);

        _sessions.Adopt([new StoredSession { Id = _session, Report = 5, Permit = 6 }], _clock.Now);
        Assert.Equal((5L, 8L), (entry.LastReport, entry.LastPermit));
        _sessions.Adopt([new StoredSession { Id = _session, Report = 1, Permit = 9 }], _clock.Now);
        Assert.Equal((5L, 9L), (entry.LastReport, entry.LastPermit));
    }

    [Fact]
    public void C4_a_session_is_forgotten_when_it_was_silent_for_an_hour_and_not_sooner()
    {
        _clock.Pass(0.5);
        _sessions.GetOrAdd(_session, _clock.Now).LastReport = 1;

        Sweep(WorkerSessions.Memory.TotalSeconds - 0.1);
        Assert.NotEmpty(_sessions.Capture());
        _sessions.GetOrAdd(_session, _clock.Now);
        Sweep(WorkerSessions.Memory.TotalSeconds - 0.1);
        Assert.NotEmpty(_sessions.Capture());
        Sweep(WorkerSessions.Memory.TotalSeconds / 10);
        Assert.Empty(_sessions.Capture());
    }

    [Fact]
    public void C4_a_session_is_forgotten_at_the_first_sweep_from_an_hour_on()
    {
        _sessions.GetOrAdd(_session, _clock.Now).LastReport = 1;

        Sweep(WorkerSessions.Memory.TotalSeconds);

        Assert.Empty(_sessions.Capture());
    }

    private void Sweep(double after)
    {
        _clock.Pass(after);
        _sessions.Sweep(_clock.Now);
    }
}
