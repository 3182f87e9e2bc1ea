using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Two silos do not reach each other; both reach Postgres, and every worker reaches both.</summary>
internal sealed class SilosSplit : Scenario
{
    public override int Number => 11;

    public override string Name => "two silos split from each other";

    public override string? CountersMayBeLost => "a silo that the other declared dead ends at once, with what it had counted";

    public override ClusterPlan Plan(bool isShort) => new() { CanSplit = true };

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        stage.Report.Note($"split by {cluster.Network.Name}");
        stage.Say($"splitting the silos, by {cluster.Network.Name}");
        var split = Stage.Now;
        cluster.Network.Split();
        var opening = await stage.OpenByCuttingAsync(cluster.Workers[0], cancellationToken);
        await Stage.RestOfAsync(stage.Lasting(20, 8), split, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);

        var ended = cluster.Seats.Where(seat => !seat.IsUp).ToList();
        stage.Report.Note(ended.Count == 0 ? "no silo ended" : $"{string.Join(", ", ended.Select(seat => seat.Silo.Process.Name))} ended, declared dead by the other");
        stage.Report.Check(ended.Count < cluster.Seats.Count, "both silos ended: nobody was left to serve");
        stage.Say("the silos reach each other again");
        cluster.Network.Heal();
        cluster.Workers[0].Pgmq.Restore();
        var healed = Stage.Now;
        await stage.AgreeAsync(healed, cancellationToken);
        await Task.WhenAll(ended.Select(seat => seat.StartReadyAsync(cancellationToken)));
        await stage.HealthyAsync(cancellationToken);
        await stage.CheckOneHistoryAsync(cancellationToken);
    }
}
