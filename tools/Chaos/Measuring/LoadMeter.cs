using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Measuring;

/// <summary>How many protected calls a second the workers make.</summary>
internal static class LoadMeter
{
    /// <summary>Measures over a while.</summary>
    public static async Task<double> MeasureAsync(IReadOnlyList<LoadWorkerProcess> workers, TimeSpan window, CancellationToken cancellationToken)
    {
        var before = workers.Select(worker => worker.Status!).ToList();
        await Task.Delay(window, cancellationToken);
        return workers.Zip(before).Sum(pair =>
        {
            var now = pair.First.Status!;
            return now.At == pair.Second.At ? 0
                : (now.Counts.All - pair.Second.Counts.All) / Stopwatch.GetElapsedTime(pair.Second.At, now.At).TotalSeconds;
        });
    }

    /// <summary>Measures again and again until the load is there, or it has not been for long enough; gives the last figure.</summary>
    public static async Task<double> UntilSteadyAsync(
        IReadOnlyList<LoadWorkerProcess> workers, double floor, TimeSpan window, TimeSpan limit, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var rate = await MeasureAsync(workers, window, cancellationToken);
            if (rate >= floor || Stopwatch.GetElapsedTime(since) > limit)
            {
                return rate;
            }
        }
    }
}
