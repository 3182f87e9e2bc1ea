using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 8: what a fleet costs that has nothing to say.</summary>
internal sealed class IdleCostRow : Row
{
    private const int WorkerCount = 1000;
    private const int Breakers = 50;
    private const int Processes = 4;
    private const double Reach = 0.05;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public override int Number => 8;

    public override string Name => "an idle fleet";

    public override bool IsQuick => false;

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(2, cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        var length = TimeSpan.FromSeconds(plan.Of(60, 20));
        var alone = await MeasureAsync(cluster, length, cancellationToken);
        await using var workers = await WorkerProcesses.StartAsync(WorkerCount, Processes, cluster.Gateways, cancellationToken);
        await workers.DoAsync<long>(ManyBreakers.Use, new ManyBreakersPlan("idle-", 0, Breakers), cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        var serving = await MeasureAsync(cluster, length, cancellationToken);
        var cost = serving.Cores - alone.Cores;
        findings.Add(new(
            Number,
            $"processor time of the silos, {WorkerCount} idle workers × {Breakers} breakers",
            "the same silos alone",
            $"≤ {Reach:P0} of a core above",
            $"{cost:P1}",
            cost <= Reach,
            $"{alone.Cores:P1} of a core alone, {serving.Cores:P1} with the fleet; on the wire "
            + $"{alone.BytesPerSecond / 1024:0} KB/s alone, {serving.BytesPerSecond / 1024:0} KB/s with the fleet, both directions and Postgres included"));
    }

    private static async Task<(double Cores, double BytesPerSecond)> MeasureAsync(BenchCluster cluster, TimeSpan length, CancellationToken cancellationToken)
    {
        var (time, bytes) = (cluster.ProcessorTime(), BenchCluster.LoopbackBytes());
        await Task.Delay(length, cancellationToken);
        return ((cluster.ProcessorTime() - time) / length, (BenchCluster.LoopbackBytes() - bytes) / length.TotalSeconds);
    }
}
