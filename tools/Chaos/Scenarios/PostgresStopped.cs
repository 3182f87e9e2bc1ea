using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Postgres, store and queue in one, is stopped as a crash would: the circuit opens without it, and is stored when it is back.</summary>
internal sealed class PostgresStopped : Scenario
{
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(15);

    public override int Number => 4;

    public override string Name => "Postgres stopped hard while the breaker must open";

    // In the full form the second opening, after a probe that fails, is the one that is stored: 45 s after the first.
    public override ClusterPlan Plan(bool isShort) => new() { TimeoutSeconds = isShort ? 20 : 45 };

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var outage = stage.Lasting(60, 4);
        stage.Say($"stopping Postgres for {outage.TotalSeconds:0} s");
        var stopped = Stage.Now;
        await cluster.Postgres.StopAsync(immediate: true, cancellationToken);
        var opening = await stage.SeeOpenAsync(stopped, cluster.Workers, rejecting: null, cancellationToken);
        var opened = await stage.UntilAuthorityAsync(view => view.State == "open", "open", StoreLimit, cancellationToken);
        stage.Report.Check(!opened.IsStored, "the open state is said to be stored while Postgres is down");
        await Stage.RestOfAsync(outage, stopped, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        stage.Report.Check(cluster.Seats.All(seat => seat.IsUp), "a silo ended while Postgres was down");

        stage.Say("starting Postgres again");
        await cluster.Postgres.StartAgainAsync(cancellationToken);
        var started = Stage.Now;
        var open = await stage.UntilAuthorityAsync(view => view.IsStored, "stored", StoreLimit, cancellationToken);
        stage.Report.Check(open.State == "open", $"the breaker was {open.State} when Postgres was back, not open");
        var row = await StoredRow.ReadAsync(cluster, cancellationToken);
        stage.Report.Check(row.State == open.State && row.Generation == open.Generation, $"the authority has {open.State} {open.Generation}, Postgres has {row}");
        stage.Report.Note($"the open state was in Postgres {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after its start, as {row}");
        await stage.AgreeAsync(started, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
    }
}
