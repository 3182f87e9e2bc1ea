using TaskerCore.Orleans.Grains.Interfaces.Time;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Time;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_from_the_first_to_the_longest_and_begin_anew_after_a_success()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9));
        Assert.Equal([2, 4, 8, 9, 9], Enumerable.Range(0, 5).Select(_ => backoff.Next().TotalSeconds));

        backoff.Reset();

        Assert.Equal(2, backoff.Next().TotalSeconds);
    }
}
