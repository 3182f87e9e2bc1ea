using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>C3: a worker may batch as it likes without blurring rule (a).</summary>
public sealed class BreakerMachineBatchingTests
{
    /// <summary>Outcomes of a worker in its own order, cut into batches; the batches of the workers arrive one after the other.</summary>
    private static readonly Gen<(int Worker, string Outcomes)[]> Arrivals =
        Gen.Select(Gen.Int[0, 2], Gen.Char["ffffsi"].Array[1, 6].Select(outcomes => new string(outcomes))).Array[1, 12];

    [Fact]
    public void C3_any_batching_gives_the_same_runs_and_the_same_decision_as_one_report_per_outcome() =>
        Gen.Select(Arrivals, Gen.Int[1, 8]).ForAll(5000, drawn =>
        {
            var (arrivals, threshold) = drawn;
            var settings = new BreakerSettings { FailureThreshold = threshold };
            var (batched, alone) = (new BreakerRig(settings), new BreakerRig(settings));
            var closed = alone.Machine.Generation;

            foreach (var (worker, outcomes) in arrivals)
            {
                batched.Report($"{worker}", outcomes, closed);
                foreach (var outcome in outcomes)
                {
                    alone.Report($"{worker}", $"{outcome}", closed);
                }

                Assert.Equal(alone.State, batched.State);
                Assert.Equal(alone.Machine.ConsecutiveFailures, batched.Machine.ConsecutiveFailures);
                Assert.Equal(alone.Machine.History.LastOrDefault()?.Worker, batched.Machine.History.LastOrDefault()?.Worker);
                Assert.Equal((alone.Totals.Failures, alone.Totals.Successes), (batched.Totals.Failures, batched.Totals.Successes));
            }
        });

    [Fact]
    public void C3_cutting_a_workers_sequence_elsewhere_changes_no_decision_of_its_own_order() =>
        Gen.Select(Gen.Char["ffffs"].Array[1, 40], Gen.Int[1, 9].Array[1, 40], Gen.Int[1, 8]).ForAll(3000, drawn =>
        {
            var (letters, cuts, threshold) = drawn;
            var outcomes = new string(letters);
            var settings = new BreakerSettings { FailureThreshold = threshold };
            var (whole, cut) = (new BreakerRig(settings), new BreakerRig(settings));
            whole.Report("a", outcomes);

            var at = 0;
            for (var batch = 0; at < outcomes.Length; batch++)
            {
                var length = Math.Min(cuts[batch % cuts.Length], outcomes.Length - at);
                cut.Report("a", outcomes.Substring(at, length), Generation.Initial);
                at += length;
            }

            Assert.Equal(whole.State, cut.State);
            Assert.Equal(outcomes.Split('s').Max(run => run.Length) >= threshold, cut.State == BreakerState.Open);
        });
}
