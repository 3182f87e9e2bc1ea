namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S2: what trips a closed breaker.</summary>
public sealed class BreakerMachineClosedTests
{
    private static readonly BreakerSettings Rates = new()
    {
        FailureThreshold = 100,
        FailureRateThreshold = 0.5,
        Window = TimeSpan.FromSeconds(20),
        MinimumCalls = 10,
    };

    [Fact]
    public void S1_a_breaker_starts_closed_in_the_initial_generation()
    {
        var rig = new BreakerRig();

        Assert.Equal((BreakerState.Closed, Generation.Initial), (rig.State, rig.Machine.Generation));
        Assert.Null(rig.Machine.NextWake);
    }

    [Fact]
    public void S2_consecutive_failures_of_several_workers_trip_in_the_order_of_arrival()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });

        rig.Report("a", "f");
        rig.Report("b", "f");
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Report("c", "f");

        Assert.Equal((BreakerState.Open, TransitionCause.ConsecutiveFailures), (rig.State, rig.LastCause));
        Assert.Equal("c", rig.Machine.History[^1].Worker);
    }

    [Fact]
    public void S2_a_worker_whose_every_call_fails_trips_however_many_others_succeed_in_between()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });

        for (var failure = 0; failure < 3; failure++)
        {
            rig.Report("healthy", "ssss");
            rig.Report("broken", "f");
        }

        Assert.Equal(BreakerState.Open, rig.State);
        Assert.Equal("broken", rig.Machine.History[^1].Worker);
    }

    [Fact]
    public void S2_a_success_ends_the_run_of_its_worker()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });

        rig.Report("a", "ffsff");
        rig.Report("a", "s");
        rig.Report("a", "ff");

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.Equal(2, rig.Machine.ConsecutiveFailures);
    }

    [Fact]
    public void S2_a_run_inside_a_batch_counts_even_when_a_success_follows()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });

        rig.Report("a", "sfffss");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S2_a_run_goes_on_across_reports_and_over_ignored_calls_and_rejections()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });

        rig.Report("a", "fi");
        rig.Report("a", "rf");
        rig.Report("a", "iif");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void S2_the_failure_rate_trips_at_the_threshold_with_enough_calls()
    {
        var rig = new BreakerRig(Rates);

        rig.Report("a", "sfsfsfsf");
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Report("a", "sf");

        Assert.Equal((BreakerState.Open, TransitionCause.FailureRate), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S2_calls_that_have_left_the_window_no_longer_count()
    {
        var rig = new BreakerRig(Rates);

        rig.Report("a", "ffff");
        rig.Pass(20);
        rig.Report("a", "sssfffss");
        Assert.Equal(BreakerState.Closed, rig.State);
        rig.Report("a", "sf");

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.Equal(0.4, rig.Machine.WindowFailureRate(rig.Now));
    }

    [Fact]
    public void S2_ignored_calls_and_rejections_are_no_part_of_a_rate()
    {
        var rig = new BreakerRig(Rates);

        rig.Report("a", "iiiiiiiiiirrrrrrrrrrf");

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.Equal(1.0, rig.Machine.WindowFailureRate(rig.Now));
    }

    [Fact]
    public void S2_the_slow_call_rate_trips_where_it_is_configured()
    {
        var settings = new BreakerSettings { SlowCallRateThreshold = 0.3, SlowCallDuration = TimeSpan.FromSeconds(1), MinimumCalls = 10 };
        var rig = new BreakerRig(settings);

        rig.Report("a", "ssssssll");
        rig.Report("a", "sl");

        Assert.Equal((BreakerState.Open, TransitionCause.SlowCallRate), (rig.State, rig.LastCause));
    }

    [Fact]
    public void S2_rates_trip_nothing_where_they_are_not_configured()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 100 });

        rig.Report("a", new string('f', 99));

        Assert.Equal(BreakerState.Closed, rig.State);
    }

    [Fact]
    public void S2_a_workers_own_run_is_remembered_however_long_it_is_silent()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 3 });
        rig.Report("a", "ff");
        rig.Report("b", "s");
        rig.Pass(100_000);

        rig.Report("a", "f");

        Assert.Equal(BreakerState.Open, rig.State);
    }

    [Fact]
    public void Disabled_breakers_count_and_trip_nothing()
    {
        var rig = new BreakerRig(new BreakerSettings { FailureThreshold = 1 }, enabled: false);

        rig.Report("a", "fffff");

        Assert.Equal(BreakerState.Closed, rig.State);
        Assert.Equal(5, rig.Totals.Failures);
    }
}
