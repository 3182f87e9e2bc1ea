using System.Diagnostics;
using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 10: half-open, and everybody wants to probe.</summary>
internal sealed class ProbeRushRow : Row
{
    private const int WorkerCount = 200;
    private const int Processes = 4;
    private const int Budget = 3;
    private const double CallsReach = 2;
    private static readonly TimeSpan Reach = TimeSpan.FromMilliseconds(20);

    public override int Number => 10;

    public override string Name => "half-open with 200 workers that want to probe";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(2, cancellationToken);
        await using var workers = await WorkerProcesses.StartAsync(WorkerCount, Processes, cluster.Gateways, cancellationToken);
        await workers.DoAsync<int>(BareRush.Start, cancellationToken: cancellationToken);
        var (times, probed, bare) = (new Sample(), new Sample(), new Sample());
        var (most, calls) = (0, new List<double>());
        var rounds = plan.Of(20, 6);
        var begin = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds;)
        {
            await workers.DoAsync<int>(ProbeRush.Start, cancellationToken: cancellationToken);
            await workers.DoFirstAsync<bool>(ProbeRush.Trip, cancellationToken: cancellationToken);
            var seen = await workers.DoAsync<ProbeRushResult>(ProbeRush.Collect, cancellationToken: cancellationToken);
            await workers.DoFirstAsync<bool>(BareRush.Begin, Budget, cancellationToken);
            var bareSeen = await workers.DoAsync<long[]>(BareRush.Collect, cancellationToken: cancellationToken);
            if (Stopwatch.GetElapsedTime(begin) < plan.WarmUp)
            {
                continue;
            }

            round++;
            bare.Add(Stopwatch.GetElapsedTime(bareSeen.Min(of => of[0]), bareSeen.Max(of => of[1])));
            var halfOpen = seen.Min(of => of.HalfOpen);
            times.Add(Stopwatch.GetElapsedTime(halfOpen, seen.Max(of => of.Closed)));
            probed.Add(Stopwatch.GetElapsedTime(halfOpen, seen.SelectMany(of => of.Ended).Order().ElementAt(Budget - 1)));
            most = Math.Max(most, MostAtOnce(seen));
            calls.Add((double)seen.Sum(of => of.RemoteCalls) / WorkerCount);
        }

        findings.Add(new(
            Number, "probes at once, 200 workers that want to", "the budget", $"≤ {Budget}", $"{most}", most <= Budget, $"most at once over {rounds} rounds"));
        findings.Add(new(
            Number,
            "half-open until closed at every worker",
            "the same messages bare",
            $"≤ {Reach.TotalMilliseconds} ms",
            $"{times.Median / bare.Median:0.00} ×, {Figures.Milliseconds(times.Median)}",
            times.Median <= Reach,
            $"median of {rounds} rounds, {Figures.Milliseconds(probed.Median)} until probe {Budget} has ended; bare median {Figures.Milliseconds(bare.Median)}, "
            + $"fastest {Figures.Milliseconds(bare.Fastest)}; this fastest {Figures.Milliseconds(times.Fastest)}, slowest {Figures.Milliseconds(times.Slowest)}"));
        findings.Add(new(
            Number,
            "remote calls a worker meanwhile",
            "",
            $"≤ {CallsReach}",
            Figures.Number(calls.Average()),
            calls.Max() <= CallsReach,
            $"mean of {rounds} rounds; most {Figures.Number(calls.Max())}"));
    }

    private static int MostAtOnce(IReadOnlyList<ProbeRushResult> seen)
    {
        var (most, now) = (0, 0);
        var changes = seen.SelectMany(of => of.Begun.Select(at => (At: at, By: 1)).Concat(of.Ended.Select(at => (At: at, By: -1))));
        foreach (var change in changes.OrderBy(change => change.At).ThenBy(change => change.By))
        {
            now += change.By;
            most = Math.Max(most, now);
        }

        return most;
    }
}
