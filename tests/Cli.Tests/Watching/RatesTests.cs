using TaskerCore.Orleans.Cli.Server;
using TaskerCore.Orleans.Cli.Watching;

namespace TaskerCore.Orleans.Cli.Tests.Watching;

public sealed class RatesTests
{
    private readonly Rates _rates = new();

    [Fact]
    public void A_rate_is_over_the_last_ten_seconds()
    {
        for (var second = 0; second <= 30; second++)
        {
            // Workers report every five seconds.
            See(second, calls: (second / 5 * 500) + (second > 15 ? 1000 : 0));
        }

        Assert.Equal(100, _rates.Of("a")!.Value.Calls, 9);
    }

    [Fact]
    public void One_look_has_no_rate_and_counts_that_fell_begin_anew()
    {
        See(0, 100);
        Assert.Null(_rates.Of("a"));
        See(1, 110);
        Assert.Equal(10, _rates.Of("a")!.Value.Calls, 9);

        See(2, 50);
        Assert.Null(_rates.Of("a"));
        See(4, 60);
        Assert.Equal(5, _rates.Of("a")!.Value.Calls, 9);
    }

    [Fact]
    public void What_is_not_answering_says_nothing()
    {
        See(0, 100);
        _rates.Update([new Breaker("a", "open", "1", Counts: new Counts(100, 0, 0), Answering: false)], TimeSpan.FromSeconds(5));

        Assert.Null(_rates.Of("a"));
        Assert.Null(_rates.Of("unknown"));
    }

    private void See(int second, long calls) => _rates.Update([new Breaker("a", "closed", "1", Counts: new Counts(calls, 0, 0))], TimeSpan.FromSeconds(second));
}
