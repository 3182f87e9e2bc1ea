using TaskerCore.Orleans.Grains.Storage;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Grains.Tests.Storage;

/// <summary>C9: when a row is written although nothing changed.</summary>
public sealed class RowCheckTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void C9_it_is_due_once_5_to_15_seconds_after_there_was_reason_for_it()
    {
        var check = new RowCheck(Guid.NewGuid());
        Assert.False(check.TryTake(_clock.Now));

        check.Schedule(_clock.Now);
        var due = check.DueAt!.Value;
        Assert.InRange(due - _clock.Now.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.False(check.TryTake(_clock.Now));
        _clock.PassTo(due);
        Assert.True(check.TryTake(_clock.Now));
        Assert.False(check.TryTake(_clock.Now));
        Assert.Null(check.DueAt);
    }

    [Fact]
    public void C9_activations_have_moments_of_their_own()
    {
        var moments = Enumerable.Range(1, 100).Select(number => new Guid(number * 40_000_000, 0, 0, new byte[8])).Select(id =>
        {
            var check = new RowCheck(id);
            check.Schedule(_clock.Now);
            return check.DueAt;
        });

        Assert.True(moments.Distinct().Count() > 50);
    }
}
