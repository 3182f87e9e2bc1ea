using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>The circuit opens while Postgres is down, and then the silo that decided it is killed: only the workers' mirrors know of it.</summary>
internal sealed class SiloKilledWithoutPostgres : Scenario
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(40);

    public override int Number => 6;

    public override string Name => "the silo killed while Postgres is down";

    public override string? CountersMayBeLost => "the killed silo could not store what it had counted";

    public override ClusterPlan Plan(bool isShort) => new() { TimeoutSeconds = isShort ? 25 : 60 };

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var outage = stage.Lasting(30, 8);
        stage.Say($"stopping Postgres for {outage.TotalSeconds:0} s");
        var owner = await cluster.OwnerAsync(cancellationToken);
        var stopped = Stage.Now;
        await cluster.Postgres.StopAsync(immediate: true, cancellationToken);
        var opening = await stage.SeeOpenAsync(stopped, cluster.Workers, rejecting: null, cancellationToken);
        var opened = await stage.UntilAuthorityAsync(view => view.State == "open", "open", AnswerLimit, cancellationToken);
        await stage.AllHaveAsync(opened.Generation, cancellationToken);
        stage.Say($"killing {owner.Silo.Process.Name}, which opened it as {opened.Generation}");
        await owner.Silo.Process.KillAsync();
        await Stage.RestOfAsync(outage, stopped, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);

        stage.Say("starting Postgres again");
        await cluster.Postgres.StartAgainAsync(cancellationToken);
        var started = Stage.Now;
        var view = await stage.UntilAuthorityAsync(_ => true, "answering", AnswerLimit, cancellationToken);
        stage.Report.Note($"the breaker answered {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after Postgres was back, as {view.State} {view.Generation}");
        await stage.AgreeAsync(started, cancellationToken);
        var history = await cluster.HistoryAsync(cancellationToken);
        stage.Report.Check(
            history.Any(entry => entry.Generation == opened.Generation && entry.To == "open"),
            $"the opening {opened.Generation} is not in the history: {string.Join(", ", history)}");
        await stage.HealthyAsync(cancellationToken);
    }
}
