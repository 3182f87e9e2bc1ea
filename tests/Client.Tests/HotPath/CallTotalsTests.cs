using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Client.Tests.HotPath;

public sealed class CallTotalsTests
{
    [Theory]
    [InlineData(nameof(ProbeResult.Success), 1, 0, 0)]
    [InlineData(nameof(ProbeResult.Failure), 0, 1, 0)]
    [InlineData(nameof(ProbeResult.Ignored), 0, 0, 1)]
    [InlineData(nameof(ProbeResult.Unused), 0, 0, 0)]
    public void A_probe_is_a_call_unless_its_permit_was_not_used(string result, long successes, long failures, long ignored)
    {
        var probe = new ProbeOutcome { PermitId = 1, Generation = Generation.Initial, Result = Enum.Parse<ProbeResult>(result) };

        Assert.Equal(new CallTotals(successes, failures, ignored, 0, 0), CallTotals.Of(probe));
        Assert.Equal(new CallTotals(successes, failures, ignored, 0, 1), CallTotals.Of(probe with { Slow = true }));
    }

    [Fact]
    public void They_are_added_one_by_one() =>
        Assert.Equal(new CallTotals(11, 22, 33, 44, 55), new CallTotals(1, 2, 3, 4, 5) + new CallTotals(10, 20, 30, 40, 50));
}
