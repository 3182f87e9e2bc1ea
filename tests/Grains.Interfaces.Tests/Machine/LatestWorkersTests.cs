using TaskerCore.Orleans.Grains.Interfaces.Machine;

namespace TaskerCore.Orleans.Grains.Interfaces.Tests.Machine;

/// <summary>S25a: whether one worker alone did something since a time.</summary>
public sealed class LatestWorkersTests
{
    private static readonly Reporter A = new(Guid.NewGuid(), "a");
    private static readonly Reporter B = new(Guid.NewGuid(), "b");
    private readonly LatestWorkers _latest = new();

    [Fact]
    public void S25a_nobody_is_the_only_one_while_nothing_was_noted()
    {
        Assert.Null(_latest.OnlyOneSince(TimeSpan.Zero));
        Assert.False(_latest.SeveralSince(TimeSpan.Zero));
    }

    [Fact]
    public void S25a_one_worker_is_the_only_one_however_often_it_did_it()
    {
        Note(A, 1);
        Note(A, 2);

        Assert.Equal(A, _latest.OnlyOneSince(TimeSpan.FromSeconds(1)));
        Assert.Null(_latest.OnlyOneSince(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void S25a_a_second_worker_makes_several_until_the_first_is_too_long_ago()
    {
        Note(A, 1);
        Note(B, 2);
        Note(B, 3);

        Assert.True(_latest.SeveralSince(TimeSpan.FromSeconds(1)));
        Assert.Null(_latest.OnlyOneSince(TimeSpan.FromSeconds(1)));
        Assert.False(_latest.SeveralSince(TimeSpan.FromSeconds(1.5)));
        Assert.Equal(B, _latest.OnlyOneSince(TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public void S25a_what_was_cleared_is_not_remembered()
    {
        Note(A, 1);

        _latest.Clear();

        Assert.Null(_latest.OnlyOneSince(TimeSpan.Zero));
    }

    private void Note(Reporter worker, double seconds) => _latest.Note(worker, TimeSpan.FromSeconds(seconds));
}
