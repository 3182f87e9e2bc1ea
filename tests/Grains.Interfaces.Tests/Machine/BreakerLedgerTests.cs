using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>C9, S14: what two activations counted beside each other is added up.</summary>
public sealed class BreakerLedgerTests
{
    private static readonly BreakerLedger Left = new()
    {
        Totals = Totals(10),
        TransitionCounts =
        [
            new(BreakerState.Closed, BreakerState.Open, 5),
            new(BreakerState.Open, BreakerState.Closed, 2),
            new(BreakerState.Open, BreakerState.HalfOpen, 4),
        ],
        TimeInState = [TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(7)],
    };

    private static readonly BreakerLedger Right = new()
    {
        Totals = Totals(2),
        TransitionCounts = [new(BreakerState.Open, BreakerState.HalfOpen, 4), new(BreakerState.Closed, BreakerState.Open, 2), new(BreakerState.Closed, BreakerState.ForcedOpen, 3)],
        TimeInState = [TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)],
    };

    [Fact]
    public void C9_two_ledgers_are_added_entry_by_entry()
    {
        var sum = Left.Plus(Right);

        Assert.Equal(Totals(10, 2), sum.Totals);
        Assert.Equal(
            [
                new(BreakerState.Closed, BreakerState.Open, 7),
                new(BreakerState.Closed, BreakerState.ForcedOpen, 3),
                new(BreakerState.Open, BreakerState.Closed, 2),
                new(BreakerState.Open, BreakerState.HalfOpen, 8),
            ],
            sum.TransitionCounts);
        Assert.Equal([13, 9, 1], sum.TimeInState.Select(time => time.TotalSeconds));
    }

    [Fact]
    public void C9_what_was_added_can_be_taken_off_and_kinds_that_are_nought_vanish()
    {
        var rest = Left.Minus(Right);

        Assert.Equal(Totals(10, -2), rest.Totals);
        Assert.Equal(
            [new(BreakerState.Closed, BreakerState.Open, 3), new(BreakerState.Closed, BreakerState.ForcedOpen, -3), new(BreakerState.Open, BreakerState.Closed, 2)],
            rest.TransitionCounts);
        Assert.Equal([5, 5, -1], rest.TimeInState.Select(time => time.TotalSeconds));
    }

    /// <summary>Totals in which every entry is another number, times <paramref name="factor"/>.</summary>
    private static CallCounts Totals(long factor, long more = 0) => new()
    {
        Successes = 1 * (factor + more),
        Failures = 2 * (factor + more),
        Ignored = 3 * (factor + more),
        Rejected = 4 * (factor + more),
        Slow = 5 * (factor + more),
        Late = 6 * (factor + more),
        Probes = 7 * (factor + more),
        TimedCalls = 8 * (factor + more),
        TotalDuration = TimeSpan.FromSeconds(9 * (factor + more)),
    };
}
