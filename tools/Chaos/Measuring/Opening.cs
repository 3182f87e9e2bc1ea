using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.Chaos.LoadWorker;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Measuring;

/// <summary>A circuit that opens: since when, by which failure, and who rejects.</summary>
internal sealed class Opening
{
    // A worker may begin a probe a moment before it has told of half-open.
    private static readonly TimeSpan Unsure = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<(LoadWorkerProcess Worker, long Decided, long FirstRejection)> _workers;

    private Opening(IReadOnlyList<(LoadWorkerProcess Worker, long Decided, long FirstRejection)> workers) => _workers = workers;

    /// <summary>From the failure that decided until the last worker's first rejection.</summary>
    public TimeSpan EveryWorkerRejectsAfter =>
        _workers.Max(worker => worker.FirstRejection > worker.Decided ? Stopwatch.GetElapsedTime(worker.Decided, worker.FirstRejection) : TimeSpan.Zero);

    public string ByWorker => string.Join(", ", _workers.Select(worker =>
        $"{worker.Worker.Name} {Stopwatch.GetElapsedTime(worker.Decided, worker.FirstRejection).TotalMilliseconds:0} ms"));

    /// <summary>Waits until every worker rejects.</summary>
    /// <param name="workers">Who must.</param>
    /// <param name="failing">Whose failures decide; null: each worker decides for itself.</param>
    /// <param name="threshold">How many failures decide.</param>
    /// <param name="since">Since when failures and rejections are looked for: the fault.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Opening> SeeAsync(
        IReadOnlyList<LoadWorkerProcess> workers,
        IReadOnlyList<LoadWorkerProcess>? failing,
        int threshold,
        long since,
        TimeSpan limit,
        CancellationToken cancellationToken)
    {
        var calls = new Dictionary<LoadWorkerProcess, LoadNews.CallsSince>();
        await Waiting.UntilAsync(
            async () =>
            {
                foreach (var worker in workers.Concat(failing ?? []).Distinct().Where(worker => !calls.TryGetValue(worker, out var known) || known.Rejections.Count == 0))
                {
                    calls[worker] = await worker.CallsSinceAsync(since, cancellationToken);
                }

                return workers.All(worker => calls[worker].Rejections.Count > 0);
            },
            () => "not every worker rejects: " + string.Join("; ", workers.Select(worker =>
                $"{worker.Name} {(calls[worker].Rejections.Count > 0 ? "does" : "does not")} and has {calls[worker].Failures.Count} failures, {worker.Status}")),
            limit,
            cancellationToken: cancellationToken);

        var common = failing is null ? (long?)null : Decisive(failing.SelectMany(worker => calls[worker].Failures), threshold, since);
        return new([.. workers.Select(worker => (worker, common ?? Decisive(calls[worker].Failures, threshold, since), calls[worker].Rejections[0]))]);
    }

    /// <summary>Calls that were begun after the decision, and before the worker's breaker left open again, and were not rejected.</summary>
    public async Task<long> LeakedAsync(CancellationToken cancellationToken)
    {
        var leaked = 0L;
        foreach (var (worker, decided, _) in _workers)
        {
            var calls = await worker.CallsSinceAsync(decided, cancellationToken);
            var left = calls.Transitions
                .SkipWhile(seen => seen.To is not (BreakerState.Open or BreakerState.ForcedOpen))
                .FirstOrDefault(seen => seen.To is not (BreakerState.Open or BreakerState.ForcedOpen));
            var end = left is null ? long.MaxValue : left.At - (long)(Unsure.TotalSeconds * Stopwatch.Frequency);
            leaked += calls.Made.Count(begin => begin < end);
        }

        return leaked;
    }

    private static long Decisive(IEnumerable<long> failures, int threshold, long otherwise) =>
        failures.Order().Skip(threshold - 1).Append(otherwise).First();
}
