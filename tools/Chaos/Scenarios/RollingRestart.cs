using System.Diagnostics;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Every silo is restarted, one after the other, and the settings are changed on the way: no call fails, no count is lost.</summary>
internal sealed class RollingRestart : Scenario
{
    private const int NewThreshold = 7;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan SettingsLimit = TimeSpan.FromSeconds(30);

    public override int Number => 13;

    public override string Name => "rolling restart of every silo, settings changed on the way";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var before = stage.SumOfCounts();
        var generation = (await stage.UntilAuthorityAsync(_ => true, "answering", SettingsLimit, cancellationToken)).Generation;
        foreach (var seat in cluster.Seats)
        {
            stage.Say($"restarting {seat.Silo.Process.Name}");
            await seat.Silo.Process.StopAsync(Grace);
            stage.Report.Check(seat.Silo.Process.ExitCode == 0, $"{seat.Silo.Process.Name} ended with {seat.Silo.Process.ExitCode}");
            if (seat == cluster.Seats[0])
            {
                stage.Say($"changing failure_threshold from {cluster.Plan.FailureThreshold} to {NewThreshold}");
                cluster.Configure(cluster.Plan with { FailureThreshold = NewThreshold });
            }

            await seat.StartReadyAsync(cancellationToken);
        }

        var restarted = Stage.Now;
        await Task.WhenAll(cluster.Workers.Select(worker => worker.UntilAsync(
            status => status.FailureThreshold == NewThreshold, $"at failure_threshold {NewThreshold}", SettingsLimit, cancellationToken)));
        stage.Report.Note($"every worker had the new settings {Stopwatch.GetElapsedTime(restarted).TotalSeconds:0.0} s after the last restart");
        await stage.AgreeAsync(restarted, cancellationToken);
        var during = stage.SumOfCounts() - before;
        stage.Report.Check(during is { Failed: 0, Rejected: 0, Ignored: 0 }, $"the restarts cost calls: {during}");
        var view = await stage.UntilAuthorityAsync(_ => true, "answering", SettingsLimit, cancellationToken);
        stage.Report.Check(view.Generation == generation, $"the restarts, or the settings, moved the breaker from {generation} to {view.Generation}");

        var opening = await stage.OpenByCuttingAsync(cluster.Workers[0], cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        cluster.Workers[0].Pgmq.Restore();
        await stage.HealthyAsync(cancellationToken);
    }
}
