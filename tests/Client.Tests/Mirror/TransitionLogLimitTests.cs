using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.Mirror;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Client.Tests.Mirror;

/// <summary>A worker's log has each transition of its breakers once, and not more than can be read.</summary>
public sealed class TransitionLogLimitTests : IBreakerLink, IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLogger _logger = new();
    private readonly MirrorContext _context;
    private readonly BreakerMirror _mirror;
    private readonly BreakerPolicy _policy = new()
    {
        Settings = new BreakerSettings { FailureThreshold = 2, SuccessThreshold = 1, OpenDuration = TimeSpan.FromSeconds(30) }, MinTransitionInterval = TimeSpan.Zero,
    };

    public TransitionLogLimitTests()
    {
        _context = new MirrorContext(this, new WorkerClock(_clock), _logger, Metrics: null);
        _mirror = Mirror("inventory");
    }

    private IEnumerable<string> Lines => _logger.Collector.GetSnapshot().Where(record => record.Id.Id is EventIds.BreakerTransition or EventIds.BreakerTransitionsLeftOut or EventIds.BreakerMoreLeftOut).Select(record => $"{record.Level}: {record.Message}");

    Task<ReportAnswer> IBreakerLink.ReportAsync(string component, WorkerReport report) => Task.FromResult(new ReportAnswer { Number = report.Number });

    Task<PermitAnswer> IBreakerLink.RequestPermitAsync(string component, PermitRequest request) => Task.FromResult(new PermitAnswer { Number = request.Number });

    public void Dispose() => _mirror.Dispose();

    [Fact]
    public void Each_transition_is_one_line_with_cause_author_and_what_comes_next()
    {
        Hear(BreakerState.Closed, 0);
        Hear(BreakerState.Open, 1, TransitionCause.ConsecutiveFailures, worker: "shop", remaining: TimeSpan.FromSeconds(30));
        Hear(BreakerState.HalfOpen, 2, TransitionCause.TimeoutElapsed, before: BreakerState.Open);
        Hear(BreakerState.Closed, 3, TransitionCause.ProbesSucceeded, before: BreakerState.HalfOpen, worker: "till");
        Hear(BreakerState.ForcedOpen, 4, TransitionCause.ForceOpen, actor: "anna", reason: "restore", remaining: TimeSpan.FromMinutes(10));
        Hear(BreakerState.ForcedOpen, 5, TransitionCause.ForceOpen, before: BreakerState.ForcedOpen, actor: "anna", reason: "longer");

        Assert.Equal(
            [
                "Warning: Breaker inventory: Closed -> Open (consecutive_failures, reported by shop), probes in 30 s",
                "Information: Breaker inventory: Open -> HalfOpen (timeout_elapsed)",
                "Information: Breaker inventory: HalfOpen -> Closed (probes_succeeded, reported by till)",
                "Warning: Breaker inventory: Closed -> ForcedOpen (force_open, by anna: restore), for 600 s",
                "Warning: Breaker inventory: ForcedOpen -> ForcedOpen (force_open, by anna: longer), until it is released",
            ],
            Lines);
    }

    [Fact]
    public void What_a_push_and_a_renewal_bring_is_logged_once()
    {
        Hear(BreakerState.Closed, 0);
        for (var revision = 0; revision < 3; revision++)
        {
            Hear(BreakerState.Open, 1, TransitionCause.FailureRate, worker: "shop", revision: revision);
        }

        Hear(BreakerState.Open, 1, TransitionCause.FailureRate, worker: "shop");

        Assert.Single(Lines);
    }

    [Fact]
    public void A_breaker_that_is_closed_when_the_worker_first_hears_of_it_is_no_news_and_an_open_one_is()
    {
        Hear(BreakerState.Closed, 17, TransitionCause.ProbesSucceeded, before: BreakerState.HalfOpen);
        Assert.Empty(Lines);
        using var other = Mirror("billing");
        Hear(BreakerState.Open, 9, TransitionCause.SlowCallRate, worker: "till", mirror: other);

        Assert.Equal(["Warning: Breaker billing: Closed -> Open (slow_call_rate, reported by till)"], Lines);
    }

    [Fact]
    public void Transitions_that_the_worker_makes_alone_are_logged_and_so_is_the_return_to_the_clusters_state()
    {
        Hear(BreakerState.Closed, 0);
        _mirror.RenewalIsOverdue(true);
        for (var failed = 0; failed < 2; failed++)
        {
            Assert.Throws<IOException>(() => _mirror.Handle.Execute(() => throw new IOException()));
        }

        _clock.Advance(TimeSpan.FromSeconds(30));
        _mirror.RenewalIsOverdue(false);
        Hear(BreakerState.Closed, 0);

        Assert.Equal(
            [
                "Warning: Breaker inventory: Closed -> Open (consecutive_failures, reported by w, decided by this worker alone), probes in 30 s",
                "Information: Breaker inventory: Open -> HalfOpen (timeout_elapsed, decided by this worker alone)",
                "Information: Breaker inventory: HalfOpen -> Closed (the cluster's state)",
            ],
            Lines);
    }

    [Fact]
    public void A_breaker_that_flaps_is_summed_up_and_the_last_state_is_told()
    {
        Hear(BreakerState.Closed, 0);
        for (var generation = 1; generation <= 25; generation++)
        {
            var opens = generation % 2 == 1;
            Hear(opens ? BreakerState.Open : BreakerState.Closed, generation, TransitionCause.ConsecutiveFailures, worker: "shop");
        }

        Assert.Equal(TransitionLogLimit.PerBreaker, Lines.Count());
        Tick(TransitionLogLimit.Period - TimeSpan.FromSeconds(1));
        Assert.Equal(TransitionLogLimit.PerBreaker, Lines.Count());
        Tick(TimeSpan.FromSeconds(1));
        Tick(TransitionLogLimit.Period);

        Assert.Equal("Warning: Breaker inventory: 15 more transitions in the last 00:01:00 were not logged; now it is Open", Lines.Last());
        Assert.Equal(TransitionLogLimit.PerBreaker + 1, Lines.Count());
        Hear(BreakerState.Closed, 26, TransitionCause.ProbesSucceeded, worker: "shop");
        Assert.Equal("Information: Breaker inventory: Open -> Closed (probes_succeeded, reported by shop)", Lines.Last());
    }

    [Fact]
    public void Many_breakers_at_once_are_summed_up()
    {
        for (var number = 0; number < 150; number++)
        {
            using var mirror = Mirror($"pgmq/{number:000}");
            Hear(BreakerState.Closed, 0, mirror: mirror);
            Hear(BreakerState.Open, 1, TransitionCause.ConsecutiveFailures, worker: "shop", mirror: mirror);
        }

        Tick(TransitionLogLimit.Period);

        Assert.Equal(TransitionLogLimit.PerWorker + TransitionLogLimit.MostNamed + 1, Lines.Count());
        Assert.Equal("Warning: 30 more breakers made 30 transitions in the last 00:01:00 that were not logged", Lines.Last());
    }

    private BreakerMirror Mirror(string component) => new(
        component,
        new MirrorCore(component, _policy, new WorkerRun(Guid.NewGuid(), "w", MirrorTimings.Default, Guid.NewGuid), _context.Clock.Now),
        OutcomeClassifier.Default,
        _context);

    private void Tick(TimeSpan time)
    {
        _clock.Advance(time);
        _mirror.FlushIfDue(_context.Clock.Now);
    }

    private void Hear(
        BreakerState state,
        long generation,
        TransitionCause cause = default,
        BreakerState before = BreakerState.Closed,
        string? worker = null,
        string? actor = null,
        string? reason = null,
        TimeSpan? remaining = null,
        long revision = 0,
        BreakerMirror? mirror = null)
    {
        var begun = generation == 0 ? Generation.Initial : new Generation(generation, Guid.Empty);
        (mirror ?? _mirror).Hear(new BreakerUpdate
        {
            Component = (mirror ?? _mirror).Component,
            Snapshot = new BreakerSnapshot
            {
                Component = (mirror ?? _mirror).Component,
                State = state,
                Generation = begun,
                Revision = revision,
                Policy = _policy,
                Remaining = remaining,
                FreeProbes = state == BreakerState.HalfOpen ? 1 : 0,
                CommandNumber = actor is null ? 0 : generation,
                LastTransition = generation == 0 ? null : new BreakerTransition
                {
                    From = before, To = state, Generation = begun, At = _clock.GetUtcNow(), Cause = cause, Worker = worker, Actor = actor, Reason = reason,
                },
            },
        });
    }
}
