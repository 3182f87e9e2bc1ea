namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Model;

/// <summary>S14: what a failover lost is marked.</summary>
public sealed class HistoryGapsTests
{
    private static readonly Guid A = Guid.NewGuid();
    private static readonly Guid B = Guid.NewGuid();

    [Fact]
    public void A_history_in_which_each_follows_from_the_one_before_has_no_gap()
    {
        BreakerTransition[] history =
        [
            Of(1, BreakerState.Closed, BreakerState.Open), Of(2, BreakerState.Open, BreakerState.HalfOpen), Of(3, BreakerState.HalfOpen, BreakerState.HalfOpen, by: B),
            Of(4, BreakerState.HalfOpen, BreakerState.Closed, by: B),
        ];

        Assert.All(HistoryGaps.Find(history), Assert.Null);
        Assert.Empty(HistoryGaps.Find([]));
    }

    [Fact]
    public void Numbers_that_do_not_follow_are_a_gap_of_so_many()
    {
        var gaps = HistoryGaps.Find([Of(1, BreakerState.Closed, BreakerState.Open), Of(4, BreakerState.Closed, BreakerState.Open, by: B), Of(5, BreakerState.Open, BreakerState.HalfOpen, by: B)]);

        Assert.Equal([null, new HistoryGap(2, BreakerState.Open, BreakerState.Closed), null], gaps);
    }

    [Fact]
    public void States_that_do_not_follow_are_a_gap_though_the_numbers_do()
    {
        var gaps = HistoryGaps.Find([Of(1, BreakerState.Closed, BreakerState.Open), Of(2, BreakerState.Closed, BreakerState.ForcedOpen, by: B)]);

        Assert.Equal([null, new HistoryGap(null, BreakerState.Open, BreakerState.Closed)], gaps);
    }

    [Fact]
    public void A_history_whose_first_is_not_the_breakers_first_begins_with_a_gap() =>
        Assert.Equal([new HistoryGap(1, BreakerState.Closed, BreakerState.Open)], HistoryGaps.Find([Of(2, BreakerState.Open, BreakerState.HalfOpen)]));

    [Fact]
    public void What_fell_out_of_a_full_history_is_no_gap() =>
        Assert.All(HistoryGaps.Find([.. Enumerable.Range(50, 100).Select(number => Of(number, BreakerState.Closed, BreakerState.Closed))]), Assert.Null);

    [Fact]
    public void C9_two_sides_of_a_split_and_what_they_were_merged_to_are_no_gap()
    {
        BreakerTransition[] history =
        [
            Of(1, BreakerState.Closed, BreakerState.Open), Of(2, BreakerState.Open, BreakerState.HalfOpen), Of(2, BreakerState.Open, BreakerState.ForcedClosed, by: B),
            Of(3, BreakerState.HalfOpen, BreakerState.ForcedClosed, TransitionCause.Merged),
        ];

        Assert.All(HistoryGaps.Find(history), Assert.Null);
    }

    [Fact]
    public void C9_what_one_side_of_a_split_lacks_is_a_gap()
    {
        BreakerTransition[] history = [Of(1, BreakerState.Closed, BreakerState.Open), Of(4, BreakerState.HalfOpen, BreakerState.ForcedClosed, TransitionCause.Merged)];

        Assert.Equal(2, HistoryGaps.Find(history)[1]!.Missing);
    }

    private static BreakerTransition Of(long number, BreakerState from, BreakerState to, TransitionCause cause = TransitionCause.TimeoutElapsed, Guid? by = null) =>
        new() { From = from, To = to, Generation = new Generation(number, by ?? A), At = DateTimeOffset.UnixEpoch, Cause = cause };
}
