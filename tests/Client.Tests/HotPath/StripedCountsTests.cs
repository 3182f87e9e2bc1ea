using System.Runtime.CompilerServices;
using TaskerCore.Orleans.Client.HotPath;

namespace TaskerCore.Orleans.Client.Tests.HotPath;

public sealed class StripedCountsTests
{
    private StripedCounts _counts;

    [Fact]
    public void What_was_counted_before_the_counts_were_spread_is_taken_with_the_rest()
    {
        ref var stillShared = ref _counts.Own;
        Spread();
        ref var own = ref _counts.Own;

        own.Successes += 10;
        own.Rejected += 20;
        own.Slow += 30;
        stillShared.Rejected++;
        stillShared.Slow++;

        var counted = new HotCounts { Successes = StripedCounts.MuchUsed + 10, Rejected = 21, Slow = 31 };
        Assert.Equal(counted, _counts.Untaken);
        Assert.Equal(counted, _counts.Take());
        Assert.Equal(default, _counts.Untaken);
    }

    [Fact]
    public void The_counts_are_spread_once_and_not_before_they_are_much_used()
    {
        ref var shared = ref _counts.Own;
        shared.Rejected = StripedCounts.MuchUsed - 2;

        _counts.Increment(ref _counts.Own.Rejected);
        Assert.True(Unsafe.AreSame(ref shared, ref _counts.Own));

        _counts.Increment(ref _counts.Own.Rejected);
        Assert.False(Unsafe.AreSame(ref shared, ref _counts.Own));

        // What they are spread over is kept: counts in it would be lost.
        shared.Successes = StripedCounts.MuchUsed - 1;
        for (var number = 0; number < 100; number++)
        {
            _counts.Increment(ref _counts.Own.Successes);
        }

        _counts.Increment(ref shared.Successes);
        Assert.Equal(new HotCounts { Successes = StripedCounts.MuchUsed + 100, Rejected = StripedCounts.MuchUsed }, _counts.Untaken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_count_is_taken_once(bool spread)
    {
        if (spread)
        {
            Spread();
            _counts.Take();
        }

        var counted = new HotCounts { Successes = 1, Rejected = 2, Slow = 3, Timed = 4, DurationTicks = 5 };
        _counts.Own = counted;

        Assert.Equal(counted, _counts.Untaken);
        Assert.Equal(counted, _counts.Take());
        Assert.Equal(default, _counts.Take());
    }

    [Fact]
    public void What_many_threads_count_while_the_counts_are_spread_and_taken_is_taken_once()
    {
        const int threads = 4;
        const int each = 50_000;
        long taken = 0;
        Thread[] counting =
        [
            .. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                for (var number = 0; number < each; number++)
                {
                    _counts.Increment(ref _counts.Own.Successes);
                }
            })),
        ];
        Array.ForEach(counting, thread => thread.Start());

        while (Array.Exists(counting, thread => thread.IsAlive))
        {
            taken += _counts.Take().Successes;
        }

        Assert.Equal(threads * each, taken + _counts.Take().Successes);
    }

    private void Spread()
    {
        _counts.Own.Successes = StripedCounts.MuchUsed - 1;
        _counts.Increment(ref _counts.Own.Successes);
    }
}
