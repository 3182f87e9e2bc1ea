namespace TaskerCore.Orleans.Benchmarks.Reporting;

/// <summary>Durations of the same thing, measured again and again.</summary>
internal sealed class Sample
{
    private readonly List<TimeSpan> _times = [];
    private bool _isSorted;

    public int Count => _times.Count;

    public TimeSpan Fastest => Sorted[0];

    public TimeSpan Slowest => Sorted[^1];

    public TimeSpan Median => Quantile(0.5);

    public void Add(TimeSpan time) => AddRange([time]);

    public void AddRange(IEnumerable<TimeSpan> times)
    {
        _times.AddRange(times);
        _isSorted = false;
    }

    /// <summary>A quantile.</summary>
    /// <param name="part">0 to 1: which part of them is at most as long.</param>
    public TimeSpan Quantile(double part) => Figures.Quantile(Sorted, part);

    private List<TimeSpan> Sorted
    {
        get
        {
            if (!_isSorted)
            {
                _times.Sort();
                _isSorted = true;
            }

            return _times;
        }
    }
}
