using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>The same calls through this breaker and Polly's own: they agree state by state, but for what docs/polly.md says.</summary>
public sealed class PollysBreakerTests
{
    private const int Samples = 1500;

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (5, Gen.Const(Step.Failure)), (2, Gen.Const(Step.Success)), (1, Gen.Const(Step.Cancelled)), (1, Gen.Const(Step.Wait)), (2, Gen.Const(Step.WaitLong)));

    private static readonly Gen<Step> AnyOutcome = Gen.Frequency((5, Gen.Const(Step.Failure)), (4, Gen.Const(Step.Success)));

    [Fact]
    public void Runs_of_failures_trip_both_until_a_success_is_among_them_or_a_caller_cancels_a_probe()
    {
        var (trips, closings, afterSuccess, cancelledProbes) = (0, 0, 0, 0);
        Gen.Select(Gen.Int[2, 5], AnyStep.List[0, 40]).ForAll(Samples, input =>
        {
            var (threshold, steps) = input;
            using var both = new BesidePollysBreaker(new BreakerSettings { FailureThreshold = threshold }, failureRatio: 1, threshold);
            var succeededSinceClosed = false;
            foreach (var step in steps)
            {
                var before = both.Ours;
                Assert.Equal(before, both.Theirs);
                var made = both.Take(step);
                Assert.Equal(made.Ours, made.Theirs);
                if (both.Ours != both.Theirs)
                {
                    // Polly's ratio of a stay that saw a success (it takes a cancelled call for one) is below 1 until the window has passed.
                    var ratioIsBelowOne = (before, step, succeededSinceClosed) is (BreakerState.Closed, Step.Failure, true)
                        && (both.Ours, both.Theirs) is (BreakerState.Open, BreakerState.Closed);

                    // Polly closes on it; here it tells nothing of the component, and the next call probes.
                    var probeWasCancelled = (before, step) is (BreakerState.HalfOpen, Step.Cancelled)
                        && (both.Ours, both.Theirs) is (BreakerState.HalfOpen, BreakerState.Closed);
                    Assert.True(ratioIsBelowOne || probeWasCancelled, $"{before} --{step}--> {both.Ours}, Polly {both.Theirs}");
                    afterSuccess += ratioIsBelowOne ? 1 : 0;
                    cancelledProbes += probeWasCancelled ? 1 : 0;
                    return;
                }

                trips += (before, both.Ours) is (BreakerState.Closed, BreakerState.Open) ? 1 : 0;
                closings += (before, both.Ours) is (BreakerState.HalfOpen, BreakerState.Closed) ? 1 : 0;
                succeededSinceClosed = both.Ours == BreakerState.Closed && before == BreakerState.Closed
                    && (succeededSinceClosed || step is Step.Success or Step.Cancelled);
            }
        });

        Assert.All([trips, closings, afterSuccess, cancelledProbes], seen => Assert.True(SeededCheck.IsPartial || seen > 20));
    }

    [Fact]
    public void Failure_rates_trip_both_at_the_same_call_unless_a_success_completes_the_minimum()
    {
        var (trips, reopenings, atSuccess) = (0, 0, 0);
        Gen.Select(Gen.OneOf(Gen.Const(0.25), Gen.Const(0.5), Gen.Const(0.75), Gen.Const(1.0)), Gen.Int[2, 8], AnyOutcome.List[0, 40]).ForAll(Samples, input =>
        {
            var (rate, minimum, steps) = input;
            using var both = new BesidePollysBreaker(RateRule(rate, minimum), rate, minimum);
            var (calls, failures) = (0, 0);
            foreach (var step in steps)
            {
                var before = both.Ours;
                Assert.Equal(before, both.Theirs);
                var made = both.Take(before == BreakerState.Open ? Step.WaitLong : step);
                Assert.Equal(made.Ours, made.Theirs);
                (calls, failures) = before == BreakerState.Closed ? (calls + 1, failures + (step == Step.Failure ? 1 : 0)) : (0, 0);
                if (both.Ours != both.Theirs)
                {
                    // Polly judges at failures only.
                    var ruleHolds = calls >= minimum && failures >= rate * calls;
                    Assert.True(
                        step == Step.Success && ruleHolds && (both.Ours, both.Theirs) is (BreakerState.Open, BreakerState.Closed),
                        $"{before} --{step}--> {both.Ours}, Polly {both.Theirs}, {failures} of {calls} failed");
                    atSuccess++;
                    return;
                }

                trips += (before, both.Ours) is (BreakerState.Closed, BreakerState.Open) ? 1 : 0;
                reopenings += (before, both.Ours) is (BreakerState.HalfOpen, BreakerState.Open) ? 1 : 0;
            }
        });

        Assert.All([trips, reopenings, atSuccess], seen => Assert.True(SeededCheck.IsPartial || seen > 20));
    }

    [Fact]
    public async Task S8_a_call_from_before_the_trip_that_ends_in_half_open_moves_nothing_here_and_closes_pollys_circuit()
    {
        using var both = new BesidePollysBreaker(new BreakerSettings { FailureThreshold = 2 }, failureRatio: 1, minimumThroughput: 2);
        var (late, probe) = (new TaskCompletionSource(), new TaskCompletionSource());
        var lateCalls = both.Begin(late.Task);
        both.Take(Step.Failure);
        both.Take(Step.Failure);
        both.Take(Step.WaitLong);
        var probes = both.Begin(probe.Task);
        Assert.Equal((BreakerState.HalfOpen, BreakerState.HalfOpen), (both.Ours, both.Theirs));

        late.SetResult();
        await lateCalls;

        Assert.Equal((BreakerState.HalfOpen, BreakerState.Closed), (both.Ours, both.Theirs));
        probe.SetResult();
        await probes;
        Assert.Equal((BreakerState.Closed, BreakerState.Closed), (both.Ours, both.Theirs));
    }

    private static BreakerSettings RateRule(double rate, int minimum) => new()
    {
        FailureThreshold = 100, FailureRateThreshold = rate, MinimumCalls = minimum, Window = TimeSpan.FromHours(1),
    };
}
