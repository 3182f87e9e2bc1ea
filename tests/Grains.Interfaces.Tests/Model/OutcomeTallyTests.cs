using CsCheck;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>C3: a tally says the same of a sequence however it was cut into batches.</summary>
public sealed class OutcomeTallyTests
{
    private static readonly Gen<string> Sequence = Gen.Frequency((3, Gen.Char["sf"]), (1, Gen.Char["irlm"])).Array[0, 40].Select(outcomes => new string(outcomes));

    [Theory]
    [InlineData("", 0, 0, 0)]
    [InlineData("ff", 2, 2, 2)]
    [InlineData("ffs", 2, 0, 2)]
    [InlineData("sff", 0, 2, 2)]
    [InlineData("fsfffsff", 1, 2, 3)]
    [InlineData("firf", 2, 2, 2)]
    public void C3_a_tally_has_the_first_the_last_and_the_longest_run(string outcomes, long first, long last, long longest)
    {
        var tally = Outcomes.Tally(outcomes);

        Assert.Equal((first, last, longest), (tally.FirstRun, tally.LastRun, tally.LongestRun));
    }

    [Fact]
    public void C3_a_tally_counts_as_a_list_does() => Sequence.ForAll(2000, outcomes =>
    {
        var tally = Outcomes.Tally(outcomes);
        var runs = outcomes.Replace("i", "").Replace("r", "").Replace('m', 'f').Replace('l', 's').Split('s').Select(run => run.Length).ToArray();

        Assert.Equal(outcomes.Count(outcome => outcome is 's' or 'l'), tally.Successes);
        Assert.Equal(outcomes.Count(outcome => outcome is 'f' or 'm'), tally.Failures);
        Assert.Equal(outcomes.Count('i'), tally.Counts.Ignored);
        Assert.Equal(outcomes.Count('r'), tally.Counts.Rejected);
        Assert.Equal(outcomes.Count(outcome => outcome is 'l' or 'm'), tally.Counts.Slow);
        Assert.Equal((runs[0], runs[^1], runs.Max()), (tally.FirstRun, tally.LastRun, tally.LongestRun));
        Assert.Equal(outcomes.Length == 0, tally.IsEmpty);
    });

    [Fact]
    public void S14_durations_are_summed_with_the_calls_that_they_are_of()
    {
        var one = OutcomeTally.Success with { Counts = OutcomeTally.Success.Counts with { TimedCalls = 1, TotalDuration = TimeSpan.FromSeconds(2) } };

        var both = one.Append(one with { Counts = one.Counts with { TimedCalls = 3, TotalDuration = TimeSpan.FromSeconds(5) } });

        Assert.Equal((4L, TimeSpan.FromSeconds(7)), (both.Counts.TimedCalls, both.Counts.TotalDuration));
        Assert.Throws<ArgumentNullException>("next", () => one.Append(null!));
    }

    [Fact]
    public void C3_appending_is_a_monoid() => Gen.Select(Sequence, Sequence, Sequence).ForAll(2000, texts =>
    {
        var (a, b, c) = (Outcomes.Tally(texts.Item1), Outcomes.Tally(texts.Item2), Outcomes.Tally(texts.Item3));

        Assert.Equal(a.Append(b).Append(c), a.Append(b.Append(c)));
        Assert.Equal(a, OutcomeTally.Empty.Append(a));
        Assert.Equal(a, a.Append(OutcomeTally.Empty));
        Assert.Equal(Outcomes.Tally(texts.Item1 + texts.Item2), a.Append(b));
    });
}
