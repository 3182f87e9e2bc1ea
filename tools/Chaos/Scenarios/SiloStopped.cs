using System.Diagnostics;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>The silo that holds the breaker is stopped as an operator would: no call fails by it, and no count is lost.</summary>
internal sealed class SiloStopped : Scenario
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(30);

    public override int Number => 2;

    public override string Name => "the silo that holds the breaker stopped gracefully";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var owner = await cluster.OwnerAsync(cancellationToken);
        var before = stage.SumOfCounts();
        stage.Say($"stopping {owner.Silo.Process.Name}, which holds the breaker");
        var since = Stage.Now;
        await owner.Silo.Process.StopAsync(Grace);
        stage.Report.Check(owner.Silo.Process.ExitCode == 0, $"{owner.Silo.Process.Name} ended with {owner.Silo.Process.ExitCode}");
        stage.Report.Note($"the silo was gone after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s");
        await stage.UntilAuthorityAsync(view => !owner.Has(view.Silo), "held by the other silo", MoveLimit, cancellationToken);
        await stage.AgreeAsync(since, cancellationToken);
        var during = stage.SumOfCounts() - before;
        stage.Say($"meanwhile: {during}");
        stage.Report.Check(during is { Failed: 0, Rejected: 0, Ignored: 0 }, $"a graceful stop cost calls: {during}");

        var opening = await stage.OpenByCuttingAsync(cluster.Workers[0], cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        cluster.Workers[0].Pgmq.Restore();
        await stage.HealthyAsync(cancellationToken);
    }
}
