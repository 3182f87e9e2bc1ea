using System.Diagnostics;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Every silo is killed at once: workers carry on with the same rules, each for itself, and new silos at other addresses take over.</summary>
internal sealed class AllSilosKilled : Scenario
{
    private static readonly TimeSpan LocalLimit = TimeSpan.FromSeconds(20);

    public override int Number => 3;

    public override string Name => "all silos killed, new ones take over";

    public override string? CountersMayBeLost => "the killed silos had counted them since the totals were stored last";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        stage.Say("killing every silo");
        var before = stage.SumOfCounts();
        var killed = Stage.Now;
        await Task.WhenAll(cluster.Seats.Select(seat => seat.Silo.Process.KillAsync()));
        await Task.WhenAll(cluster.Workers.Select(worker => worker.UntilAsync(
            status => status.Mode == BreakerMode.Local, "deciding for itself", LocalLimit, cancellationToken)));
        stage.Report.Note($"every worker decides for itself {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s after the kill");
        await Stage.SucceedingAsync(cluster.Workers, cancellationToken);
        var during = stage.SumOfCounts() - before;
        stage.Report.Check(during is { Failed: 0, Rejected: 0 }, $"the silos' death cost calls: {during}");

        stage.Say("cutting every worker off from pgmq");
        var cut = Stage.Now;
        foreach (var worker in cluster.Workers)
        {
            worker.Pgmq.Cut();
        }

        var opening = await stage.SeeOpenAsync(cut, failing: null, rejecting: null, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        foreach (var worker in cluster.Workers)
        {
            worker.Pgmq.Restore();
        }

        stage.Say("starting new silos");
        var started = Stage.Now;
        await Task.WhenAll(cluster.Seats.Select(seat => seat.StartReadyAsync(cancellationToken)));
        stage.Report.Note($"new silos served {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after their start");
        await stage.AgreeAsync(Stage.Now, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
    }
}
