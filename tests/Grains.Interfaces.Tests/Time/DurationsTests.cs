using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Time;

public sealed class DurationsTests
{
    private static readonly TimeSpan One = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Two = TimeSpan.FromSeconds(2);

    [Fact]
    public void The_lesser_and_the_greater_of_two()
    {
        Assert.Equal((One, One), (Durations.Min(One, Two), Durations.Min(Two, One)));
        Assert.Equal((Two, Two), (Durations.Max(One, Two), Durations.Max(Two, One)));
        Assert.Equal((One, TimeSpan.Zero), (Durations.NotNegative(One), Durations.NotNegative(-One)));
    }

    [Fact]
    public void A_time_that_never_comes_is_later_than_any()
    {
        Assert.Null(Durations.Earlier(null, null));
        Assert.Equal(One, Durations.Earlier(One, null));
        Assert.Equal(One, Durations.Earlier(null, One));
        Assert.Equal(One, Durations.Earlier(One, Two));
        Assert.Equal(One, Durations.Earlier(Two, One));
    }

    [Fact]
    public void Pauses_double_from_the_first_to_the_longest()
    {
        List<double> pauses = [];
        var pause = TimeSpan.Zero;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            pause = Durations.NextPause(pause, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9));
            pauses.Add(pause.TotalSeconds);
        }

        Assert.Equal([2, 4, 8, 9, 9], pauses);
    }
}
