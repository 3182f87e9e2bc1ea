using TaskerCore.Orleans.Benchmarks.Fleet.Workers;
using TaskerCore.Orleans.Benchmarks.Reporting;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 11: why there is a mirror.</summary>
internal sealed class CallPerOperationRow : Row
{
    private static readonly int[] Callers = [1, 8, 64];

    public override int Number => 11;

    public override string Name => "a remote call for each operation";

    public override bool IsQuick => false;

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(1, cancellationToken);
        await using var workers = await WorkerProcesses.StartAsync(1, 1, cluster.Gateways, cancellationToken);
        var designs = new List<(string Design, string Name)> { ("ours", "this project"), ("grain", "a grain asked before, told after") };
        if (plan.Redis is not null)
        {
            designs.Add(("redis", "Redis: lock, read, write, unlock, before and after"));
        }

        var rates = new Dictionary<(string, int), double>();
        foreach (var callers in Callers)
        {
            foreach (var (design, name) in designs)
            {
                var result = await workers.DoFirstAsync<CallPerOperationResult>(
                    CallPerOperation.Run, new CallPerOperationPlan(design, callers, plan.Of(5.0, 1.5), plan.Redis), cancellationToken);
                rates[(design, callers)] = result.Calls / result.Seconds;
                findings.Add(new(
                    Number,
                    $"protected calls a second, {callers} callers at once: {name}",
                    design == "ours" ? "" : "this project",
                    "",
                    $"{Figures.Number(result.Calls / result.Seconds)}"
                        + (design == "ours" ? "" : $" ({rates[("ours", callers)] / rates[(design, callers)]:N0} × fewer)"),
                    null,
                    $"median {result.MedianMicroseconds:0.000} µs, p99 {result.P99Microseconds:0.000} µs a call"));
            }
        }

        findings.Charts.Add(new(
            "call-per-operation",
            "Protected calls a second, by design (2 cores for all)",
            "callers at once",
            "calls/s",
            LogarithmicX: true,
            LogarithmicY: true,
            [.. designs.Select(design => new ChartSeries(design.Name, [.. Callers.Select(callers => new ChartPoint(callers, rates[(design.Design, callers)]))]))]));
    }
}
