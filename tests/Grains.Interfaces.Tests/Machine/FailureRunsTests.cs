using TaskerCore.Orleans.Grains.Interfaces.Machine;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S2 a: runs are kept of as many workers as there may be, and of no more.</summary>
public sealed class FailureRunsTests
{
    private readonly FailureRuns _runs = new();

    [Fact]
    public void S2_runs_of_ten_thousand_workers_are_kept()
    {
        Feed(1, FailureRuns.Capacity, "f");

        Assert.Equal(FailureRuns.Capacity, _runs.Workers);
    }

    [Fact]
    public void S2_where_there_are_more_the_shortest_runs_are_let_go()
    {
        const int half = FailureRuns.Capacity / 2;
        Feed(1, half, "fff");
        Feed(half + 1, FailureRuns.Capacity, "f");

        Feed(FailureRuns.Capacity + 1, FailureRuns.Capacity + 1, "ffff");

        Assert.Equal(half + 1, _runs.Workers);
        Assert.Equal(4, Own(1));
        Assert.Equal(4, Own(half));
        Assert.Equal(1, Own(half + 1));
    }

    /// <summary>A worker's own run after one failure more: a success of another worker ends the authority's before it.</summary>
    private long Own(int worker)
    {
        _runs.Feed(Session(FailureRuns.Capacity * 2), Outcomes.Tally("s"));
        return _runs.Feed(Session(worker), Outcomes.Tally("f"));
    }

    private void Feed(int first, int last, string outcomes)
    {
        for (var worker = first; worker <= last; worker++)
        {
            _runs.Feed(Session(worker), Outcomes.Tally(outcomes));
        }
    }

    private static Guid Session(int number) => new(number, 0, 0, new byte[8]);
}
