using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Client.Tests.HotPath;

/// <summary>S3, S5: what a call reads.</summary>
public sealed class MirrorViewTests : IOutcomeListener
{
    private readonly FakeTimeProvider _time = new();

    void IOutcomeListener.OnNews(OutcomeCounter counter, OutcomeNews news)
    {
    }

    [Theory]
    [InlineData(BreakerState.Closed, 0, 0)]
    [InlineData(BreakerState.ForcedClosed, 0, 0)]
    [InlineData(BreakerState.Open, 0, 1)]
    [InlineData(BreakerState.Open, 1, 1)]
    [InlineData(BreakerState.ForcedOpen, 0, 1)]
    [InlineData(BreakerState.HalfOpen, 0, 1)]
    [InlineData(BreakerState.HalfOpen, 1, 2)]
    public void S5_a_call_is_made_rejected_or_asks_for_a_probe_while_one_is_free(BreakerState state, int freeProbes, int decision) =>
        Assert.Equal((CallDecision)decision, View(state, freeProbes: freeProbes).Decision);

    [Fact]
    public void S19_a_breaker_that_the_cluster_refuses_refuses_its_calls() =>
        Assert.Equal(CallDecision.Refuse, View(BreakerState.Closed, refusal: new BreakerRefusal(RefusalKind.LimitReached, "full")).Decision);

    [Fact]
    public void S3_the_time_that_remains_runs_down_to_nothing()
    {
        var view = View(BreakerState.Open, remaining: TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal((TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(18)), (((IRejectionSource)view).RetryAfter, view.CurrentSnapshot.Remaining));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (((IRejectionSource)view).RetryAfter, view.CurrentSnapshot.Remaining));
    }

    [Fact]
    public void Where_no_end_is_known_none_is_said()
    {
        var view = View(BreakerState.ForcedOpen);

        Assert.Null(((IRejectionSource)view).RetryAfter);
        Assert.Same(view.Snapshot, view.CurrentSnapshot);
    }

    [Fact]
    public void S7_in_half_open_it_is_worth_trying_again_after_a_probes_lease() =>
        Assert.Equal(TimeSpan.FromSeconds(7), ((IRejectionSource)View(BreakerState.HalfOpen, remaining: TimeSpan.FromSeconds(1))).RetryAfter);

    [Fact]
    public void S10_a_rejection_names_the_operator_and_the_reason_of_a_forced_state()
    {
        var forced = new BreakerTransition
        {
            From = BreakerState.Closed,
            To = BreakerState.ForcedOpen,
            Generation = Generation.Initial,
            At = _time.GetUtcNow(),
            Cause = TransitionCause.ForceOpen,
            Actor = "ann",
            Reason = "migration",
        };

        var thrown = new Rejection(View(BreakerState.ForcedOpen, last: forced)).ToException();

        Assert.Equal((TransitionCause.ForceOpen, "ann", "migration"), (thrown.Cause, thrown.Actor, thrown.Reason));
    }

    private MirrorView View(BreakerState state, int freeProbes = 0, TimeSpan? remaining = null, BreakerRefusal? refusal = null, BreakerTransition? last = null) => new(
        new BreakerSnapshot
        {
            Component = "pgmq",
            State = state,
            FreeProbes = freeProbes,
            Remaining = remaining,
            LastTransition = last,
            Policy = BreakerPolicy.BuiltIn with { Settings = new BreakerSettings { ProbeLease = TimeSpan.FromSeconds(7) } },
        },
        BreakerMode.Connected,
        refusal,
        new OutcomeCounter(Generation.Initial, local: false, this),
        _time);
}
