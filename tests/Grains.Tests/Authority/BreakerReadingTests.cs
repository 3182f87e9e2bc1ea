using TaskerCore.Orleans.Grains.Authority;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Authority;

/// <summary>What an authority tells those who collect metrics.</summary>
public sealed class BreakerReadingTests
{
    private static readonly BreakerSettings Settings = new()
    {
        FailureThreshold = 9, FailureRateThreshold = 0.9, MinimumCalls = 100, SlowCallDuration = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void S13_of_a_breaker_that_was_never_created_there_is_nothing_and_asking_creates_none()
    {
        var clock = new TestClock();
        var core = new AuthorityCore("pgmq", Guid.NewGuid(), AuthorityRig.Sealer, clock.Now);

        Assert.Null(core.Reading(clock.Now));
        Assert.False(core.IsCreated);
    }

    [Fact]
    public void It_is_what_the_breaker_is_now()
    {
        var rig = new AuthorityRig(Settings);
        rig.Clock.Pass(7);
        var worker = new WorkerRig(rig);
        worker.Succeed();
        worker.Fail(3);

        var reading = rig.Core.Reading(rig.Clock.Now)!;

        Assert.Equal(
            (rig.Clock.Now.Elapsed, BreakerState.Closed, 3L, 0, 0.75),
            (reading.At, reading.State, reading.ConsecutiveFailures, reading.ProbesOutstanding, reading.WindowFailureRate!.Value));
        Assert.Equal((1L, 3L), (reading.Totals.Successes, reading.Totals.Failures));
        Assert.Same(rig.Details.Policy, reading.Policy);
    }

    [Fact]
    public void S2_the_failure_rate_is_of_the_window_that_ends_when_it_was_made()
    {
        var rig = new AuthorityRig(Settings);
        rig.Clock.Pass(1000);
        new WorkerRig(rig).Fail();

        var reading = rig.Core.Reading(rig.Clock.Now)!;

        Assert.Equal(1, reading.FailureRateAt(reading.At));
        Assert.Equal(1, reading.FailureRateAt(reading.At + Settings.Window - TimeSpan.FromTicks(1)));
        Assert.Null(reading.FailureRateAt(reading.At + Settings.Window));
    }

    [Fact]
    public void Without_a_limit_for_the_failure_rate_it_has_none()
    {
        var rig = new AuthorityRig();
        new WorkerRig(rig).Succeed();

        Assert.NotNull(rig.Details.WindowFailureRate);
        Assert.Null(rig.Core.Reading(rig.Clock.Now)!.WindowFailureRate);
    }

    [Fact]
    public void In_half_open_it_has_the_permits_that_are_out()
    {
        var rig = new AuthorityRig(Settings with { FailureThreshold = 1, OpenDuration = TimeSpan.FromSeconds(1) });
        var worker = new WorkerRig(rig);
        worker.Fail();
        rig.Clock.Pass(1);
        worker.Ask();

        var reading = rig.Core.Reading(rig.Clock.Now)!;

        Assert.Equal((BreakerState.HalfOpen, 1), (reading.State, reading.ProbesOutstanding));
        Assert.Null(reading.WindowFailureRate);
    }

    [Fact]
    public void S13_reading_changes_nothing()
    {
        var rig = new AuthorityRig(Settings);
        new WorkerRig(rig).Fail(2);
        var before = rig.Details;

        for (var reads = 0; reads < 3; reads++)
        {
            rig.Core.Reading(rig.Clock.Now);
        }

        var after = rig.Details;
        Assert.Equal((before.Totals, before.Generation, before.ConsecutiveFailures), (after.Totals, after.Generation, after.ConsecutiveFailures));
        Assert.Equal(before.WindowFailureRate, after.WindowFailureRate);
    }

    [Fact]
    public void A_transition_waits_from_when_it_was_made_until_it_is_stored()
    {
        var rig = new AuthorityRig();
        rig.Clock.Pass(60);
        rig.Store();
        Assert.Null(rig.Core.Reading(rig.Clock.Now)!.UnstoredSince);
        rig.Clock.Pass(5);
        var madeAt = rig.Clock.Now.Elapsed;
        new WorkerRig(rig).Fail();
        Assert.NotNull(rig.Effects().Write);
        rig.Clock.Pass(3);

        Assert.Equal(madeAt, rig.Core.Reading(rig.Clock.Now)!.UnstoredSince);
        rig.Core.WriteFailed(rig.Clock.Now);
        Assert.Equal(madeAt, rig.Core.Reading(rig.Clock.Now)!.UnstoredSince);
        rig.Clock.Pass(1);
        rig.Store();
        Assert.Null(rig.Core.Reading(rig.Clock.Now)!.UnstoredSince);
    }

    [Fact]
    public void Totals_that_are_not_due_yet_wait_from_the_metrics_interval_on()
    {
        var rig = new AuthorityRig(Settings);
        rig.Clock.Pass(60);
        rig.Store();
        var storedAt = rig.Clock.Now.Elapsed;
        rig.Clock.Pass(1);
        new WorkerRig(rig).Succeed();
        rig.Effects();

        Assert.Equal(storedAt + rig.Policy.MetricsInterval, rig.Core.Reading(rig.Clock.Now)!.UnstoredSince);
    }
}
