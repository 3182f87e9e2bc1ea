using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>A worker reaches pgmq and no silo: it carries on alone, and the cluster's state wins when it is back.</summary>
internal sealed class WorkerCutOffFromSilos : Scenario
{
    private static readonly TimeSpan LocalLimit = TimeSpan.FromSeconds(20);

    public override int Number => 9;

    public override string Name => "one worker cut off from the silos, not from pgmq";

    public override ClusterPlan Plan(bool isShort) => new() { HasGatewayPaths = true, TimeoutSeconds = 10 };

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (victim, lonely) = (stage.Cluster.Workers[0], stage.Cluster.Workers[^1]);
        stage.Say($"cutting {lonely.Name} off from the silos");
        var before = lonely.Status!.Counts;
        var cut = Stage.Now;
        stage.Cluster.Network.CutOff(lonely);
        await lonely.UntilAsync(status => status.Mode == BreakerMode.Local, "deciding for itself", LocalLimit, cancellationToken);
        stage.Report.Note($"{lonely.Name} decides for itself {Stopwatch.GetElapsedTime(cut).TotalSeconds:0.0} s after the cut");

        stage.Say($"cutting {victim.Name} off from pgmq");
        var since = Stage.Now;
        victim.Pgmq.Cut();
        var opening = await stage.SeeOpenAsync(
            since, [victim], [.. stage.Cluster.Workers.Where(worker => worker != lonely)], cancellationToken);
        await Stage.SucceedingAsync([lonely], cancellationToken);
        stage.Report.Check(
            lonely.Status!.Counts - before is { Rejected: 0, Failed: 0 },
            $"the cut-off worker, whose pgmq is whole, did not carry on: {lonely.Status.Counts - before}");
        await stage.CountLeaksAsync(opening, cancellationToken);

        stage.Say($"{lonely.Name} reaches the silos again");
        var restored = Stage.Now;
        stage.Cluster.Network.RestoreWorkers();
        await stage.AgreeAsync(restored, cancellationToken);
        victim.Pgmq.Restore();
        await stage.HealthyAsync(cancellationToken);
    }
}

/// <summary>A worker reaches the silos and no pgmq: its failures protect everybody, as long as they last.</summary>
internal sealed class WorkerCutOffFromPgmq : Scenario
{
    public override int Number => 10;

    public override string Name => "one worker cut off from pgmq, not from the silos";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var victim = stage.Cluster.Workers[0];
        var since = Stage.Now;
        var opening = await stage.OpenByCuttingAsync(victim, cancellationToken);
        await Stage.RestOfAsync(stage.Lasting(20, 5), since, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        var history = await stage.Cluster.HistoryAsync(cancellationToken);
        stage.Report.Note($"{history.Count} transitions while it was cut off");
        stage.Report.Check(
            history.Where(entry => entry.Cause == "consecutive_failures").All(entry => entry.Worker == victim.Name),
            $"another worker than {victim.Name} opened the circuit: {string.Join(", ", history)}");
        var restored = Stage.Now;
        victim.Pgmq.Restore();
        await stage.AgreeAsync(restored, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
    }
}
