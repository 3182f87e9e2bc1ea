using System.Diagnostics;
using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 6: from the deciding failure at one worker to the rejection at every worker.</summary>
internal sealed class PropagationRow : Row
{
    private const double Reach = 3;
    private const int MostProcesses = 4;
    private static readonly TimeSpan ThousandReach = TimeSpan.FromMilliseconds(10);

    public override int Number => 6;

    public override string Name => "deciding failure to rejection everywhere";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        var ours = new List<ChartPoint>();
        var bare = new List<ChartPoint>();
        foreach (var size in plan.Of<int[]>([3, 50, 200, 1000], [3, 200, 1000]))
        {
            await using var cluster = await BenchCluster.StartAsync(2, cancellationToken);
            await using var workers = await WorkerProcesses.StartAsync(size, Math.Min(size, MostProcesses), cluster.Gateways, cancellationToken);
            await workers.DoAsync<int>(TripWatch.Start, cancellationToken: cancellationToken);
            await workers.DoAsync<int>(BarePush.Start, cancellationToken: cancellationToken);
            var rounds = plan.Of(Math.Max(60, 600 / size), 15);
            var (tripTimes, pushTimes) = (new Sample(), new Sample());
            var begin = Stopwatch.GetTimestamp();
            for (var round = 0; round < rounds;)
            {
                // In turn, so that a slow moment of the machine meets both.
                var trip = await RoundAsync(workers, TripWatch.Trip, TripWatch.Collect, cancellationToken);
                await cluster.CommandAsync("bench-trip", "reset", cancellationToken);
                var push = await RoundAsync(workers, BarePush.Push, BarePush.Collect, cancellationToken);
                if (Stopwatch.GetElapsedTime(begin) >= plan.WarmUp)
                {
                    tripTimes.AddRange(trip);
                    pushTimes.AddRange(push);
                    round++;
                }
            }

            var (ourP99, bareP99) = (tripTimes.Quantile(0.99), pushTimes.Quantile(0.99));
            var isWithinLimit = size < 1000 || ourP99 <= ThousandReach;
            findings.Add(new(
                Number,
                $"deciding failure to rejection at each of {size} workers, p99",
                "a bare observer push",
                size < 1000 ? $"≤ {Reach} × the push" : $"≤ {Reach} × the push, ≤ {ThousandReach.TotalMilliseconds} ms",
                $"{ourP99 / bareP99:0.00} ×, {Figures.Milliseconds(ourP99)}",
                ourP99 <= bareP99 * Reach && isWithinLimit,
                $"{rounds} rounds: this median {Figures.Milliseconds(tripTimes.Median)}, p99 {Figures.Milliseconds(ourP99)}, "
                + $"slowest {Figures.Milliseconds(tripTimes.Slowest)}; push median {Figures.Milliseconds(pushTimes.Median)}, "
                + $"p99 {Figures.Milliseconds(bareP99)}, slowest {Figures.Milliseconds(pushTimes.Slowest)}"));
            ours.Add(new(size, ourP99.TotalMilliseconds));
            bare.Add(new(size, bareP99.TotalMilliseconds));
        }

        findings.Charts.Add(new(
            "propagation",
            "Deciding failure at one worker to rejection at every worker, p99 (2 silos, 2 cores for all)",
            "workers",
            "ms",
            LogarithmicX: true,
            LogarithmicY: true,
            [new("this project", ours), new("bare observer push", bare)]));
    }

    private static async Task<IEnumerable<TimeSpan>> RoundAsync(WorkerProcesses workers, string begin, string collect, CancellationToken cancellationToken)
    {
        var begun = await workers.DoFirstAsync<long>(begin, cancellationToken: cancellationToken);
        var instants = await workers.DoAsync<long[]>(collect, cancellationToken: cancellationToken);
        var heard = instants.SelectMany(of => of).ToArray();
        return heard.Length == workers.Workers
            ? heard.Select(instant => Stopwatch.GetElapsedTime(begun, instant))
            : throw new InvalidOperationException($"{heard.Length} instants of {workers.Workers} workers after '{begin}'.");
    }
}
