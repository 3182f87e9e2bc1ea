using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 5: what closed calls cost the network.</summary>
internal sealed class RemoteCallsRow : Row
{
    private const double CallsPerSecond = 1_000_000;
    private const double Reach = 1;

    public override int Number => 5;

    public override string Name => "remote calls at a million closed calls a second";

    public override bool IsQuick => false;

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(1, cancellationToken);
        await using var workers = await WorkerProcesses.StartAsync(1, 1, cluster.Gateways, cancellationToken);
        var load = await workers.DoFirstAsync<ClosedLoadResult>(
            ClosedLoad.Run, new ClosedLoadPlan("bench-closed", CallsPerSecond, plan.Of(30.0, 10.0)), cancellationToken);
        var (calls, remote) = (load.Calls / load.Seconds, load.RemoteCalls / load.Seconds);
        findings.Add(new(
            Number,
            $"remote calls a second and worker, at {Figures.Number(calls)} closed calls a second",
            "",
            $"≤ {Reach:0}, all kinds together",
            Figures.Number(remote),
            remote <= Reach && calls >= CallsPerSecond * 0.95,
            $"{load.RemoteCalls} remote calls for {Figures.Number(load.Calls)} closed calls in {load.Seconds:0} s: renewals every 2 s, reports every 5 s"));
    }
}
