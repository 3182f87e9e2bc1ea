using TaskerCore.Orleans.Grains.Storage;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>C6: what is tried until it succeeds.</summary>
public sealed class RetryTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void It_is_due_at_once_and_only_once_while_it_is_under_way()
    {
        _clock.Pass(7);
        var retry = new Retry(_clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(7), retry.NextDue);
        Assert.True(retry.TryBegin(_clock.Now));
        Assert.Null(retry.NextDue);
        Assert.False(retry.TryBegin(_clock.Now));
    }

    [Fact]
    public void One_that_begins_under_way_is_due_when_it_has_failed()
    {
        _clock.Pass(7);
        var retry = Retry.UnderWay();
        Assert.Null(retry.NextDue);

        retry.Failed(_clock.Now);

        Assert.Equal(TimeSpan.FromSeconds(7.2), retry.NextDue);
    }

    [Fact]
    public void What_is_done_is_never_due_again()
    {
        var retry = new Retry(_clock.Now);
        retry.TryBegin(_clock.Now);
        retry.Done();
        _clock.Pass(1000);

        Assert.Null(retry.NextDue);
        Assert.False(retry.TryBegin(_clock.Now));
    }

    [Fact]
    public void What_was_done_before_it_was_due_is_not_tried()
    {
        var retry = new Retry(_clock.Now);
        retry.Done();

        Assert.False(retry.TryBegin(_clock.Now));
    }

    [Fact]
    public void Pauses_double_from_a_fifth_of_a_second_to_five_and_begin_anew_after_a_success()
    {
        var retry = new Retry(_clock.Now);
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], Enumerable.Range(0, 7).Select(_ => Fail()));

        Assert.True(retry.TryBegin(_clock.Now));
        retry.DoneUntil(_clock.Now.Elapsed + TimeSpan.FromSeconds(30));
        Assert.False(retry.TryBegin(_clock.Now));
        _clock.Pass(30);
        Assert.Equal(0.2, Fail());

        double Fail()
        {
            Assert.True(retry.TryBegin(_clock.Now));
            retry.Failed(_clock.Now);
            Assert.False(retry.TryBegin(_clock.Now));
            var pause = (retry.NextDue!.Value - _clock.Now.Elapsed).TotalSeconds;
            _clock.PassTo(retry.NextDue.Value);
            return Math.Round(pause, 3);
        }
    }
}
