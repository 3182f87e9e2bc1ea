using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;
using TaskerCore.Orleans.Grains.Interfaces.Wire;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 9: what breakers cost that are many.</summary>
internal sealed class ManyBreakersRow : Row
{
    private const string Prefix = "many-";
    private const double WorkerReach = 1024;
    private const double SiloReach = 8 * 1024;
    private static readonly TimeSpan QueryReach = TimeSpan.FromMilliseconds(200);

    public override int Number => 9;

    public override string Name => "ten to ten thousand breakers";

    public override bool IsQuick => false;

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(1, cancellationToken);
        using var host = await OrleansClient.ConnectAsync(cluster.Gateways, cancellationToken: cancellationToken);
        var client = host.Services.GetRequiredService<IClusterClient>();
        var directory = client.GetGrain<IBreakerDirectoryGrain>(GrainKeys.Directory);
        await using var workers = await WorkerProcesses.StartAsync(1, 1, cluster.Gateways, cancellationToken);
        var sizes = plan.Of<int[]>([10, 100, 1000, 10_000], [10, 1000, 10_000]);
        var (inWorker, inSilo) = (new List<ChartPoint>(), new List<ChartPoint>());
        var queries = new List<ChartPoint>();
        var used = 0;
        foreach (var size in sizes)
        {
            var worker = await workers.DoFirstAsync<long>(ManyBreakers.Use, new ManyBreakersPlan(Prefix, used, size), cancellationToken);
            used = size;
            var silo = await client.GetGrain<ISiloWatchGrain>(0).LiveBytesAsync();
            inWorker.Add(new(size, worker));
            inSilo.Add(new(size, silo));
            await cluster.SettledAsync(cancellationToken);
            queries.Add(new(size, (await QueryAsync(directory, size)).TotalMilliseconds));
        }

        AddBytes("worker", inWorker, WorkerReach);
        AddBytes("silo", inSilo, SiloReach);
        var slowest = queries[^1].Y;
        findings.Add(new(
            Number,
            $"cluster-wide query of {sizes[^1]:N0} breakers",
            "",
            $"≤ {QueryReach.TotalMilliseconds} ms",
            $"{slowest:0} ms",
            slowest <= QueryReach.TotalMilliseconds,
            string.Join(", ", queries.Select(query => $"{query.X:N0}: {query.Y:0.0} ms"))));
        findings.Charts.Add(new(
            "many-breakers",
            "Live bytes in the heaps of one worker and one silo",
            "breakers",
            "MB",
            LogarithmicX: true,
            LogarithmicY: true,
            [
                new("worker", [.. inWorker.Select(point => new ChartPoint(point.X, point.Y / 1024 / 1024))]),
                new("silo", [.. inSilo.Select(point => new ChartPoint(point.X, point.Y / 1024 / 1024))]),
            ]));

        await AddActivationAsync(cluster, findings, sizes[^1], cancellationToken);

        void AddBytes(string where, List<ChartPoint> bytes, double reach)
        {
            // Between the sizes, not from nothing: what a process weighs without breakers is not theirs. The widest step counts, the others
            // show whether it is linear.
            double[] each = [.. bytes.Zip(bytes.Skip(1), (less, more) => (more.Y - less.Y) / (more.X - less.X))];
            findings.Add(new(
                Number,
                $"bytes of one breaker in a {where}",
                "",
                $"≤ {reach / 1024:0} KB, linear",
                $"{each[^1]:N0} B",
                each[^1] <= reach,
                string.Join(", ", bytes.Zip(bytes.Skip(1), each).Select(step => $"{step.First.X:N0} to {step.Second.X:N0}: {step.Third:N0} B each"))));
        }
    }

    private static async Task<TimeSpan> QueryAsync(IBreakerDirectoryGrain directory, int size)
    {
        var times = new List<TimeSpan>();
        for (var repeat = 0; repeat < 9; repeat++)
        {
            var begin = Stopwatch.GetTimestamp();
            var breakers = await directory.ListAsync(BreakerFilter.All);
            times.Add(Stopwatch.GetElapsedTime(begin));
            var found = breakers.Count(breaker => breaker.Component.StartsWith(Prefix, StringComparison.Ordinal));
            if (found != size)
            {
                throw new InvalidOperationException($"The query has {found} breakers, not {size}.");
            }
        }

        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>A new silo wakes every breaker that is stored.</summary>
    private async Task AddActivationAsync(BenchCluster cluster, Findings findings, int size, CancellationToken cancellationToken)
    {
        await cluster.StopAsync(cluster.Silos[0]);
        var silo = cluster.StartSilo();
        await silo.ReadyAsync(cancellationToken);
        using var host = await OrleansClient.ConnectAsync(cluster.Gateways, cancellationToken: cancellationToken);
        var client = host.Services.GetRequiredService<IClusterClient>();
        var begin = Stopwatch.GetTimestamp();
        var awake = await client.GetGrain<IBreakerDirectoryGrain>(GrainKeys.Directory).WakeAllAsync(SiloPass.From(cluster.SiloKey));
        var took = Stopwatch.GetElapsedTime(begin);
        findings.Add(new(
            Number,
            "breakers activated from Postgres by a new silo",
            "",
            "",
            $"{Figures.Number(awake / took.TotalSeconds)} a second",
            null,
            $"{awake:N0} of {size:N0} and the settings' own in {Figures.Seconds(took)}, those included that the silo had begun to wake at its start"));
    }
}
