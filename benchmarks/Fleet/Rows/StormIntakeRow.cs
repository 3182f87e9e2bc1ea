using System.Diagnostics;
using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 7: how many failing calls a second the authority takes in.</summary>
internal sealed class StormIntakeRow : Row
{
    private const int WorkerCount = 100;
    private const int Processes = 2;
    private const double Reach = 10;
    private const double MegaByte = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public override int Number => 7;

    public override string Name => "an authority under a storm of failures";

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(1, cancellationToken);
        await using var workers = await WorkerProcesses.StartAsync(WorkerCount, Processes, cluster.Gateways, cancellationToken);
        await cluster.CommandAsync("bench-storm", "force-closed", cancellationToken);
        var seconds = plan.Of(20.0, 5.0);

        // Once for nothing: code is compiled, sessions are known, the silo's heap has its size.
        await workers.DoAsync<long>(FailureStorm.Run, seconds / 2, cancellationToken);
        await workers.DoAsync<long>(FailureStorm.Bare, seconds / 2, cancellationToken);
        await TakenInAsync(cluster, await FailuresAsync(cluster, cancellationToken), 0, cancellationToken);

        var bareCalls = (await workers.DoAsync<long>(FailureStorm.Bare, seconds, cancellationToken)).Sum() / seconds;
        var memoryBefore = cluster.ResidentBytes();
        var before = await SettledAsync(cluster, cancellationToken);
        var begin = Stopwatch.GetTimestamp();
        var made = (await workers.DoAsync<long>(FailureStorm.Run, seconds, cancellationToken)).Sum();
        await TakenInAsync(cluster, before, made, cancellationToken);
        var rate = made / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var memoryAfter = cluster.ResidentBytes();
        findings.Add(new(
            Number,
            $"failing calls a second taken in from {WorkerCount} workers",
            "bare grain calls a second",
            $"≥ {Reach} ×",
            $"{rate / bareCalls:0.0} ×",
            rate >= bareCalls * Reach,
            $"{Figures.Number(rate)} failing calls/s, each of them in the totals; {Figures.Number(bareCalls)} bare grain calls/s"));
        findings.Add(new(
            Number,
            "the silo's memory over the storm",
            "before",
            "flat (≤ 1.2 ×)",
            $"{(double)memoryAfter / memoryBefore:0.00} ×",
            memoryAfter <= memoryBefore * 1.2,
            $"resident {memoryBefore / MegaByte:0} MB before, {memoryAfter / MegaByte:0} MB after {Figures.Number(made)} failing calls"));
    }

    private static async Task<long> FailuresAsync(BenchCluster cluster, CancellationToken cancellationToken)
    {
        var (_, body) = await cluster.Silos[0].GetAsync("/api/breakers/bench-storm", cancellationToken);
        return body["counts"]?["failures"]?.GetValue<long>() ?? 0;
    }

    /// <summary>The failures in the totals, once no more come.</summary>
    private static async Task<long> SettledAsync(BenchCluster cluster, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await FailuresAsync(cluster, cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            if (await FailuresAsync(cluster, cancellationToken) == before)
            {
                return before;
            }
        }
    }

    private static async Task TakenInAsync(BenchCluster cluster, long before, long made, CancellationToken cancellationToken)
    {
        long now = 0;
        await LocalEnvironment.Waiting.UntilAsync(
            async () => (now = await FailuresAsync(cluster, cancellationToken)) >= before + made,
            () => $"{now - before} of {made} failures are in the totals",
            Limit,
            cancellationToken: cancellationToken);
    }
}
