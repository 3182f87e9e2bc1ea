using System.Reflection;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>S14: counts of calls, and how they are added up.</summary>
public sealed class CallCountsTests
{
    /// <summary>Every count that there is, so that none is left out by an operation.</summary>
    private static readonly IReadOnlyList<PropertyInfo> All = [.. typeof(CallCounts).GetProperties().Where(property => property.SetMethod is not null && property.PropertyType == typeof(long))];

    [Theory]
    [InlineData(nameof(ProbeResult.Success), 1, 0, 0)]
    [InlineData(nameof(ProbeResult.Failure), 0, 1, 0)]
    [InlineData(nameof(ProbeResult.Ignored), 0, 0, 1)]
    public void A_probe_is_a_call(string result, long successes, long failures, long ignored)
    {
        var probe = new ProbeOutcome { PermitId = 1, Generation = Generation.Initial, Result = Enum.Parse<ProbeResult>(result) };
        var expected = new CallCounts { Successes = successes, Failures = failures, Ignored = ignored };

        Assert.Equal(expected, CallCounts.Of(probe));
        Assert.Equal(expected with { Slow = 1 }, CallCounts.Of(probe with { Slow = true }));
        Assert.Equal(
            expected with { TimedCalls = 1, TotalDuration = TimeSpan.FromSeconds(2) }, CallCounts.Of(probe with { Duration = TimeSpan.FromSeconds(2) }));
    }

    [Fact]
    public void A_probe_whose_permit_was_not_used_is_no_call() =>
        Assert.Equal(CallCounts.Zero, CallCounts.Of(new ProbeOutcome { PermitId = 1, Result = ProbeResult.Unused, Slow = true }));

    [Fact]
    public void S14_every_count_is_added_subtracted_and_clamped()
    {
        Assert.Equal(8, All.Count);
        var (one, other) = (Make(1), Make(100));

        Assert.All(All, (count, index) => Assert.Equal(101L + (2 * index), count.GetValue(one + other)));
        Assert.All(All, count => Assert.Equal(99L, count.GetValue(other - one)));
        Assert.All(All, count => Assert.Equal(50L, count.GetValue(other.Clamp(50, TimeSpan.MaxValue))));
        Assert.All(All, count => Assert.Equal(0L, count.GetValue((one - other).Clamp(50, TimeSpan.MaxValue))));
        Assert.Equal(TimeSpan.FromSeconds(101), (one + other).TotalDuration);
        Assert.Equal(TimeSpan.FromSeconds(99), (other - one).TotalDuration);
        Assert.Equal(TimeSpan.FromSeconds(7), other.Clamp(1, TimeSpan.FromSeconds(7)).TotalDuration);
        Assert.Equal(TimeSpan.Zero, (one - other).Clamp(1, TimeSpan.FromSeconds(7)).TotalDuration);
    }

    private static CallCounts Make(long first)
    {
        object counts = new CallCounts { TotalDuration = TimeSpan.FromSeconds(first) };
        for (var index = 0; index < All.Count; index++)
        {
            All[index].SetValue(counts, first + index);
        }

        return (CallCounts)counts;
    }
}
