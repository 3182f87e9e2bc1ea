using CsCheck;
using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S2 b, c: what a window holds.</summary>
public sealed class RollingWindowTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    [Fact]
    public void S2_an_outcome_counts_for_at_least_nineteen_twentieths_of_the_window_and_never_longer_than_it() =>
        Gen.Select(Gen.Int[0, 3000], Gen.Char["sflmi"]).Array[1, 60].ForAll(3000, arrivals =>
        {
            var window = new RollingWindow();
            var all = new List<(TimeSpan At, char Outcome)>();
            var now = TimeSpan.Zero;
            foreach (var (milliseconds, outcome) in arrivals)
            {
                now += TimeSpan.FromMilliseconds(milliseconds);
                all.Add((now, outcome));
                window.Add(Outcomes.Tally($"{outcome}"), now, Length);

                var held = window.At(now, Length);
                Between(Count(Length * 19 / 20, "sl"), held.Successes, Count(Length, "sl"));
                Between(Count(Length * 19 / 20, "fm"), held.Failures, Count(Length, "fm"));
                Between(Count(Length * 19 / 20, "lm"), held.Slow, Count(Length, "lm"));
            }

            long Count(TimeSpan age, string letters) => all.Count(arrival => now - arrival.At < age && letters.Contains(arrival.Outcome, StringComparison.Ordinal));
            static void Between(long least, long actual, long most) => Assert.InRange(actual, least, most);
        });

    [Fact]
    public void S2_an_outcome_counts_until_the_window_has_passed_and_no_longer()
    {
        var window = new RollingWindow();
        window.Add(OutcomeTally.Failure, TimeSpan.FromSeconds(5), Length);

        Assert.Equal(1, window.At(TimeSpan.FromSeconds(25) - TimeSpan.FromTicks(1), Length).Calls);
        Assert.Equal(0, window.At(TimeSpan.FromSeconds(25), Length).Calls);
    }

    [Fact]
    public void S6_a_window_that_was_emptied_stays_so()
    {
        var window = new RollingWindow();
        for (var second = 0; second < 10; second++)
        {
            window.Add(OutcomeTally.Failure, TimeSpan.FromSeconds(second), Length);
        }

        window.Clear();
        window.Add(OutcomeTally.Success, TimeSpan.FromSeconds(11), Length);

        Assert.Equal(new RollingWindow.Counts(1, 0, 0), window.At(TimeSpan.FromSeconds(30), Length));
    }

    [Fact]
    public void A_window_of_a_million_outcomes_keeps_no_more_than_its_buckets()
    {
        var window = new RollingWindow();
        for (var millisecond = 0; millisecond < 20_000; millisecond++)
        {
            window.Add(new OutcomeTally { Counts = new() { Successes = 50 } }, TimeSpan.FromMilliseconds(millisecond), Length);
        }

        Assert.Equal(1_000_000, window.At(TimeSpan.FromSeconds(20) - TimeSpan.FromMilliseconds(1), Length).Calls);
        Assert.Equal(0, window.At(TimeSpan.FromSeconds(40), Length).Calls);
    }
}
