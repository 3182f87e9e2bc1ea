using System.Diagnostics;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>A pause of 2 s declares nobody dead; one of 30 s does, and the silo that goes on after it ends itself.</summary>
internal sealed class SiloFrozen : Scenario
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FrozenTarget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan VerdictTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    public override int Number => 12;

    public override string Name => "a silo frozen, declared dead, resumed";

    public override string? CountersMayBeLost => "the frozen silo had counted them since the totals were stored last";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        var owner = await cluster.OwnerAsync(cancellationToken);
        stage.Say($"pausing {owner.Silo.Process.Name}, which holds the breaker, for {Pause.TotalSeconds:0} s");
        owner.Freeze();
        await Task.Delay(Pause, cancellationToken);
        owner.Thaw();
        await Task.Delay(VerdictTime, cancellationToken);
        stage.Report.Check(await DeclaredDeadAsync(stage, cancellationToken) == 0, $"a pause of {Pause.TotalSeconds:0} s had a silo declared dead");
        await stage.HealthyAsync(cancellationToken);

        owner = await cluster.OwnerAsync(cancellationToken);
        var freeze = stage.Lasting(30, 8);
        stage.Say($"freezing {owner.Silo.Process.Name} for {freeze.TotalSeconds:0} s");
        var frozen = Stage.Now;
        owner.Freeze();
        var answering = stage.AnswersAgainAsync(frozen, AnswerLimit, cancellationToken);
        var opening = await stage.OpenByCuttingAsync(cluster.Workers[0], cancellationToken);
        var answered = await answering;
        stage.Report.Note($"the breaker answered elsewhere {answered.TotalSeconds:0.0} s after the silo froze (target {FrozenTarget.TotalSeconds:0} s)");
        stage.Report.Check(
            answered < FrozenTarget * 2, $"the breaker answered elsewhere only {answered.TotalSeconds:0.0} s after the silo froze; the target is {FrozenTarget.TotalSeconds:0} s");
        await Stage.RestOfAsync(freeze, frozen, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);
        stage.Report.Check(await DeclaredDeadAsync(stage, cancellationToken) == 1, "the frozen silo was not declared dead");

        stage.Say($"{owner.Silo.Process.Name} goes on");
        cluster.Workers[0].Pgmq.Restore();
        var resumed = Stage.Now;
        owner.Thaw();
        await Waiting.UntilAsync(
            () => Task.FromResult(owner.Silo.Process.HasExited), () => $"{owner.Silo.Process.Name} was declared dead, and still runs", EndLimit, cancellationToken: cancellationToken);
        stage.Report.Note($"it ended itself {Stopwatch.GetElapsedTime(resumed).TotalSeconds:0.0} s after it went on, with {owner.Silo.Process.ExitCode}");
        await stage.AgreeAsync(resumed, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
        await stage.CheckOneHistoryAsync(cancellationToken);
    }

    /// <summary>Rows of the membership that say dead.</summary>
    private static async Task<long> DeclaredDeadAsync(Stage stage, CancellationToken cancellationToken)
    {
        const int dead = 6;
        await using var command = stage.Cluster.Store.CreateCommand("SELECT count(*) FROM taskercore.membership WHERE status = $1");
        command.Parameters.Add(new() { Value = dead });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
