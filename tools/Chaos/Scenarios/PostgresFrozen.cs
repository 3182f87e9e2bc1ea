namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Postgres is frozen: connections stay, and nothing answers. Calls fail by their time limit.</summary>
internal sealed class PostgresFrozen : Scenario
{
    public override int Number => 5;

    public override string Name => "Postgres frozen, not closed";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var outage = stage.Lasting(20, 6);
        stage.Say($"freezing Postgres for {outage.TotalSeconds:0} s");
        var frozen = Stage.Now;
        await cluster.Postgres.FreezeAsync();
        var opening = await stage.SeeOpenAsync(frozen, cluster.Workers, rejecting: null, cancellationToken);
        await Stage.RestOfAsync(outage, frozen, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        stage.Report.Check(cluster.Seats.All(seat => seat.IsUp), "a silo ended while Postgres was frozen");

        stage.Say("Postgres goes on");
        cluster.Postgres.Thaw();
        await stage.AgreeAsync(Stage.Now, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
    }
}
