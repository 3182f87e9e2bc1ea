namespace TaskerCore.Orleans.Grains.Interfaces.Machine;

/// <summary>Counts over the last <see cref="BreakerSettings.Window"/>, by time of arrival (S2 b, c).</summary>
/// <remarks>Kept in up to <see cref="Parts"/> + 1 buckets: an outcome counts for at least 19/20 of the window and never longer than
/// the window. A bucket begins with the first arrival after the bucket before it is full.</remarks>
internal sealed class RollingWindow
{
    private const int Parts = 20;

    /// <summary>A bucket counts no further: all of them together cannot overflow, whatever is reported.</summary>
    private const long MostInPart = long.MaxValue / 64;

    private readonly Queue<Bucket> _older = new();
    private Bucket? _newest;
    private Counts _sum;

    /// <summary>Adds what arrived at <paramref name="now"/>.</summary>
    public void Add(OutcomeTally tally, TimeSpan now, TimeSpan length)
    {
        DropOld(now, length);
        if (_newest is null || now - _newest.Start >= length / Parts)
        {
            if (_newest is not null)
            {
                _older.Enqueue(_newest);
            }

            _newest = new Bucket { Start = now };
        }

        var before = _newest.Counts;
        _newest.Counts = (before + new Counts(tally.Successes, tally.Failures, tally.Counts.Slow)).AtMost(MostInPart);
        _sum += _newest.Counts - before;
    }

    /// <summary>What is in the window at <paramref name="now"/>.</summary>
    public Counts At(TimeSpan now, TimeSpan length)
    {
        DropOld(now, length);
        return _sum;
    }

    public void Clear()
    {
        _older.Clear();
        _newest = null;
        _sum = default;
    }

    private void DropOld(TimeSpan now, TimeSpan length)
    {
        while (_older.TryPeek(out var oldest) && now - oldest.Start >= length)
        {
            _sum -= _older.Dequeue().Counts;
        }

        if (_newest is not null && now - _newest.Start >= length)
        {
            Clear();
        }
    }

    /// <summary>Succeeded, failed, and of both the slow ones.</summary>
    public readonly record struct Counts(long Successes, long Failures, long Slow)
    {
        public long Calls => Successes + Failures;

        public double FailureRate => (double)Failures / Calls;

        public double SlowCallRate => (double)Slow / Calls;

        public Counts AtMost(long most) => new(Math.Min(Successes, most), Math.Min(Failures, most), Math.Min(Slow, most));

        public static Counts operator +(Counts a, Counts b) => new(a.Successes + b.Successes, a.Failures + b.Failures, a.Slow + b.Slow);

        public static Counts operator -(Counts a, Counts b) => new(a.Successes - b.Successes, a.Failures - b.Failures, a.Slow - b.Slow);
    }

    private sealed class Bucket
    {
        public TimeSpan Start { get; init; }

        public Counts Counts { get; set; }
    }
}
