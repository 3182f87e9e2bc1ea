using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>The silo that holds the breaker is killed -9, and a worker loses pgmq at the same moment.</summary>
internal sealed class SiloKilled : Scenario
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public override int Number => 1;

    public override string Name => "the silo that holds the breaker killed -9";

    public override string? CountersMayBeLost => "the killed silo had counted them since the totals were stored last";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var owner = await cluster.OwnerAsync(cancellationToken);
        stage.Say($"killing {owner.Silo.Process.Name}, which holds the breaker");
        var killed = Stage.Now;
        await owner.Silo.Process.KillAsync();
        var answering = stage.AnswersAgainAsync(killed, Limit, cancellationToken);
        var opening = await stage.OpenByCuttingAsync(cluster.Workers[0], cancellationToken);
        var answered = await answering;
        stage.Report.Note($"the breaker answers again {answered.TotalSeconds:0.00} s after the kill (target {Target.TotalSeconds:0} s)");
        stage.Report.Check(answered < Target * 2, $"the breaker answered again only {answered.TotalSeconds:0.0} s after the kill; the target is {Target.TotalSeconds:0} s");
        await stage.CountLeaksAsync(opening, cancellationToken);

        var restored = Stage.Now;
        cluster.Workers[0].Pgmq.Restore();
        await stage.AgreeAsync(restored, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
    }
}
